/** Taking a chat from the page to a gateway: its grant, the session key of its channel, and what is left of the deposit. */
import { address, type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { openChat } from '../chat.ts'
import { signGrant } from '../grant-node.ts'
import { keepGrant, keptGrant } from '../kept-grant.ts'
import type { Market } from '../market.ts'
import type { PaymentStore } from '../payment-store.ts'
import type { Wallet } from '../wallet.ts'
import type { GatewayStore } from './context.ts'
import { keepLane, keptLane, payeeOf } from './lanes.ts'

const FORMAT = 'grimoire-gateway'

const bundle = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.literal(1),
  chainId: z.number().int().positive(),
  works: address,
  holder: address,
  grant: keptGrant,
  lane: keptLane,
  /** The channel as the client keeps it: a secret, worth what is left of the deposit. */
  entries: z.record(z.string(), z.string()),
})
export type GatewayBundle = z.infer<typeof bundle>

export type ExportForGateway = {
  wallet: Wallet
  workId: string
  operator: Hex
  nodeUrl?: string
  /** Where the page keeps the channel, with its session key. */
  store: PaymentStore
  /** At most 30 days, which is what it is without it: a gateway runs unattended. */
  lastsSeconds?: number
}

const MONTH_SECONDS = 30 * 24 * 3600
/** Nothing is signed for a turn here. */
const NO_TURN = { maxDepositAtomic: 2n ** 64n, maxTurnAtomic: 0n }

const entryNames = (payee: string, channelId: Hex): string[] => [
  `session-key:${payee.toLowerCase()}`,
  ...['channel', 'open-turn'].map(kind => `${kind}:${channelId.toLowerCase()}`),
]

async function entriesOf(store: PaymentStore, names: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const text = await store.get(name)
    if (text !== undefined) found[name] = text
  }
  return found
}

/**
 * One wallet signature, for the grant. The channel moves: two programs with one session key contradict each other, so
 * call `release` once the bundle is saved, and the page begins another channel at its next turn.
 */
export async function exportForGateway(
  market: Market,
  options: ExportForGateway,
): Promise<{ bundle: GatewayBundle; release(): Promise<void> }> {
  const { wallet, workId, operator, store, lastsSeconds = MONTH_SECONDS } = options
  const node = { workId, operator, ...(options.nodeUrl === undefined ? {} : { nodeUrl: options.nodeUrl }) }
  const chat = await openChat(market, { wallet, store, ...node, ...NO_TURN })
  const { leftAtomic } = await chat.state()
  if (leftAtomic === 0n) {
    throw new Problem('funds_missing', {
      got: 'a channel without a deposit',
      expected: 'one paid turn before, which makes the deposit',
    })
  }
  const names = entryNames(payeeOf(market, wallet.account.address, chat.quote.payTo), chat.channelId)
  const entries = await entriesOf(store, names)
  const { channelId, channelConfig: config } = chat
  const { version } = chat.quote
  const grant = await signGrant(market, { wallet, ...node, version, lastsSeconds })
  const { holder, nodeUrl } = grant
  const { chainId, works } = market.addresses
  return {
    bundle: bundle.parse({
      ...{ format: FORMAT, formatVersion: 1, chainId, works, holder, entries, grant },
      lane: { workId, version, operator, nodeUrl, lane: 0, channelId, config },
    }),
    release: async () => {
      for (const name of names) await store.delete(name)
    },
  }
}

/** Whose bundles a store without a wallet has taken in. */
export const HOLDER = 'holder'

/** Exactly what `exportForGateway` takes along: a bundle brings its own channel, and touches no other. */
function requireOwn(market: Market, { holder, grant, lane, entries }: GatewayBundle): void {
  if (!sameAddress(grant.holder, holder) || !sameAddress(lane.config.payer, holder)) {
    throw new Problem('bundle_invalid', {
      got: `a grant of ${grant.holder} and a channel of ${lane.config.payer}`,
      expected: `both of ${holder}`,
    })
  }
  const names = entryNames(payeeOf(market, holder, lane.config.receiver, lane.lane), lane.channelId)
  const strange = Object.keys(entries).find(name => !names.includes(name))
  if (strange !== undefined) throw new Problem('bundle_invalid', { got: strange, expected: names.join(', ') })
}

/** What this store knows is newer: an older state of a channel would sign what has been signed before. */
async function requireNew(store: PaymentStore, { holder, entries }: GatewayBundle): Promise<void> {
  const known = await store.get(HOLDER)
  if (known !== undefined && !sameAddress(known, holder)) {
    throw new Problem('bundle_invalid', {
      got: `a bundle of ${holder}`,
      expected: `one of ${known}, whose store this is: name another with --store`,
    })
  }
  for (const [name, text] of Object.entries(entries)) {
    const kept = await store.get(name)
    if (kept === undefined || kept === text) continue
    const isOther = name.startsWith('session-key:')
    throw new Problem('bundle_invalid', {
      got: isOther ? 'a second channel for the same work and operator' : `another state of ${name}`,
      expected: isOther ? 'the first one refunded: grimoire refund' : 'the one that is here: it is in use',
    })
  }
}

/** Keeps what a bundle brings, and whose it is. One of another ledger, or that would take the place of a channel in use, is refused. */
export async function importBundle(
  market: Market,
  store: GatewayStore,
  value: unknown,
): Promise<GatewayBundle> {
  const parsed = bundle.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new Problem('bundle_invalid', { got: `${issue?.path.join('.') || 'the file'}: ${issue?.message}` })
  }
  const { chainId, works, entries, grant } = parsed.data
  const { addresses } = market
  if (chainId !== addresses.chainId || !sameAddress(works, addresses.works)) {
    throw new Problem('chain_wrong', {
      got: `${chainId} ${works}`,
      expected: `${addresses.chainId} ${addresses.works}`,
    })
  }
  requireOwn(market, parsed.data)
  await requireNew(store, parsed.data)
  for (const [name, text] of Object.entries(entries)) await store.set(name, text)
  await keepGrant(store, grant)
  await keepLane(store, parsed.data.lane)
  await store.set(HOLDER, parsed.data.holder)
  return parsed.data
}
