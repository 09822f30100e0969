/** Purchases of this device: what one will be before it is signed, and what is under way, kept so that it outlives the page. */
import type { Wanted } from '@grimoire/client/bargain'
import type { PurchaseFate } from '@grimoire/client/purchase-fate'
import type { PurchaseKept, PurchaseStore, Way } from '@grimoire/client/purchase-kept'
import { Problem } from '@grimoire/schema/problem'
import { queryOptions } from '@tanstack/react-query'
import { openVault, within } from '../device/vault.ts'
import { lookAtWallet } from '../wallet/open-wallet.ts'
import type { Session } from '../wallet/session.ts'
import type { Step } from './use-deed.ts'

const WATCH_EVERY_MS = 1_500

const STEPS: Record<Way, readonly Step[]> = {
  authorization: ['check', 'sign', 'send', 'block'],
  relay: ['check', 'sign', 'relay', 'block'],
  batch: ['check', 'batch', 'block'],
  permit: ['check', 'sign', 'send', 'block'],
  allowance: ['check', 'allow', 'send', 'block'],
}
const FREE_STEPS: readonly Step[] = ['check', 'send', 'block']

/** A wallet may turn out to sign nothing, or to take no batch: the steps are then those that it does take. */
export function stepsOf(way: Way, costAtomic: bigint, at: Step | null): readonly Step[] {
  if (costAtomic === 0n) return FREE_STEPS
  const planned = STEPS[way]
  if (at === null || planned.includes(at)) return planned
  return [STEPS.authorization, STEPS.allowance].find(steps => steps.includes(at)) ?? planned
}

let opened: Promise<PurchaseStore> | undefined

/**
 * On this device only, encrypted: what is signed there pays for one purchase. One for the page, by which the client knows
 * that a purchase is asked for a second time while it is still being signed.
 */
export function openPurchases(): Promise<PurchaseStore> {
  opened ??= openVault().then(
    vault => within(vault, 'purchase/'),
    error => {
      opened = undefined
      throw error
    },
  )
  return opened
}

const acting = async () => {
  const [{ openMarket }, { acting: hands }] = await Promise.all([
    import('../chain/open-market.ts'),
    import('../chain/acting.ts'),
  ])
  return { market: await openMarket(), hands }
}

/** Tried on the chain as it would be made, with the wallet asked what it can do, and for nothing else. */
export const planOf = (session: Session, wanted: Wanted, maxCostAtomic: bigint) =>
  queryOptions({
    queryKey: ['plan', session.address, wanted, String(maxCostAtomic)],
    gcTime: 0,
    queryFn: async () => {
      const [{ market, hands }, { wallet, chainId }] = await Promise.all([acting(), lookAtWallet(session)])
      const asked = { buyer: session.address, wanted, maxCostAtomic, wallet }
      const elsewhere = chainId !== null && chainId !== market.addresses.chainId ? chainId : null
      // What a wallet on another chain can do here is not known before it has switched.
      const plan = await hands.planPurchase(market, elsewhere === null ? asked : { ...asked, wallet: null })
      return { ...plan, elsewhere, chainId: market.addresses.chainId }
    },
  })

/** What this very page is doing now, of which what is kept says less. */
const doing = new Map<string, number>()
const nameOf = (buyer: string, workId: string) => `${buyer.toLowerCase()} ${workId}`

/** Before the first signature nothing is kept, by which another window would know of it. The lock goes with its page. */
const alone = <T>(name: string, run: () => Promise<T>): Promise<T> =>
  navigator.locks.request(`grimoire:purchase:${name}`, { ifAvailable: true }, lock => {
    if (lock) return run()
    throw new Problem('purchase_under_way', {
      got: 'the same purchase, begun there',
      expected: 'one at a time',
    })
  })

/** Whoever asks for it again on this page joins what is under way. */
export async function whileDoing<T>(buyer: string, workId: string, run: () => Promise<T>): Promise<T> {
  const name = nameOf(buyer, workId)
  const others = doing.get(name) ?? 0
  doing.set(name, others + 1)
  try {
    return await (others === 0 ? alone(name, run) : run())
  } finally {
    doing.set(name, (doing.get(name) ?? 1) - 1)
  }
}

export type Begun = { kept: PurchaseKept; fate: PurchaseFate | { is: 'here' } }

/** What an account has begun on this device, each with what the chain says became of it. */
export const unfinishedOf = (session: Session | null) =>
  queryOptions({
    queryKey: ['purchases', session?.address ?? null],
    enabled: session !== null,
    // Whoever comes back to a page has begun one since it was asked last, perhaps.
    staleTime: 0,
    queryFn: async (): Promise<Begun[]> => {
      const store = await openPurchases()
      // Nearly always nothing is there, and then nothing further is loaded.
      if (session === null || (await store.list('')).length === 0) return []
      const { market, hands } = await acting()
      const found = await hands.purchasesOf(market, { store, buyer: session.address })
      const asksWallet = found.some(({ callsId }) => callsId !== undefined)
      const { wallet } = asksWallet ? await lookAtWallet(session) : { wallet: null }
      const fateOf = async (kept: PurchaseKept): Promise<Begun> =>
        (doing.get(nameOf(kept.buyer, kept.workId)) ?? 0) > 0
          ? { kept, fate: { is: 'here' } }
          : { kept, fate: await hands.purchaseFate(market, { kept, wallet }) }
      return Promise.all(found.map(fateOf))
    },
    refetchInterval: ({ state }) =>
      state.data?.some(({ fate }) => fate.is === 'pending' || fate.is === 'here') ? WATCH_EVERY_MS : false,
  })

export async function forget(kept: PurchaseKept): Promise<void> {
  const [{ market, hands }, store] = await Promise.all([acting(), openPurchases()])
  await hands.forgetPurchase(market, { store, kept })
}

/** The receipts that were just shown. */
export async function forgetBought(session: Session, workId: string): Promise<void> {
  const [{ market, hands }, store] = await Promise.all([acting(), openPurchases()])
  const found = await hands.purchasesOf(market, { store, buyer: session.address })
  const shown = found.filter(kept => kept.isBought && kept.workId === workId)
  await Promise.all(shown.map(kept => hands.forgetPurchase(market, { store, kept })))
}
