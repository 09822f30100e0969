/** Every purchase: a buyer's ceiling, a way to pay, and what is kept of it, so that it goes on where it was and is paid once. */
import type { Hex } from '@grimoire/schema/hex'
import type { Problem } from '@grimoire/schema/problem'
import { type Bargain, bargainOf, bargainToday, costWithin, type Wanted } from './bargain.ts'
import { awaitBatch, isNoBatch } from './batch.ts'
import { nudgeEdge } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'
import { requireMoney } from './money.ts'
import { type PurchaseFate, purchaseFate } from './purchase-fate.ts'
import {
  bargainKept,
  keyOf,
  memoryPurchases,
  type PurchaseKept,
  type PurchaseStore,
  readKept,
  type Way,
  writeKept,
} from './purchase-kept.ts'
import { awaitSale } from './purchase-sale.ts'
import { cannotSign, type Job, type PurchaseStep, ways } from './purchase-ways.ts'
import { chainSeconds, receiptFor, type Sent, type Wallet } from './wallet.ts'

export type Buyer = {
  wallet: Wallet
  /** How many editions; one without it. */
  quantity?: number
  /** Who gets them; the buyer without it. */
  recipient?: Hex
  /** The most that all of them together may cost. */
  maxCostAtomic: bigint
  payBy?: Way
  /** Who sends the transaction and pays its gas, where an authorization pays. Without one the buyer does. */
  sender?: Wallet
  /**
   * Keeps the purchase from the first signature on. Asked again for the same, whatever has happened in between, it goes on
   * where it was, and begins another only when the first is in a block or can never be.
   */
  store?: PurchaseStore
  tell?: (step: PurchaseStep) => void
}

export type Bought = { workId: string; quantity: number; costAtomic: bigint; transaction: Sent }

/** Waits for what is on its way; everything else is told at once. */
async function fateInTheEnd(
  market: Market,
  kept: PurchaseKept,
  { wallet, tell }: Buyer,
): Promise<PurchaseFate> {
  const fate = await purchaseFate(market, { kept, wallet })
  if (fate.is !== 'pending') return fate
  tell?.('block')
  if (kept.callsId !== undefined && fate.hash === null) await awaitBatch(market, wallet, kept.callsId)
  else if (fate.hash === null) await awaitSale(market, kept)
  else
    await receiptFor(market, fate.hash, 'waiting for a purchase').catch(error => {
      throw ledgerProblem(error, 'waiting for a purchase')
    })
  return purchaseFate(market, { kept, wallet })
}

async function begun(market: Market, buyer: Buyer, bargain: Bargain): Promise<PurchaseKept> {
  const [latestBlock, sinceSeconds] = await Promise.all([
    market.publicClient.getBlockNumber({ cacheTime: 0 }).catch(error => {
      throw ledgerProblem(error, 'reading the latest block')
    }),
    chainSeconds(market),
  ])
  const { workId, quantity, recipient, costAtomic, wanted } = bargain
  return {
    ...{ buyer: buyer.wallet.account.address, recipient, workId, quantity },
    costAtomic: String(costAtomic),
    ...('workId' in wanted ? {} : { listing: wanted }),
    // Nothing to authorize for what is free: the allowance path asks the wallet for no signature then.
    way: costAtomic === 0n ? 'allowance' : (buyer.payBy ?? 'authorization'),
    // What was bought in the latest block was another purchase.
    ...{ sinceBlock: String(latestBlock + 1n), sinceSeconds },
  }
}

/** Where it can go no further than this, and has left nothing behind that could still happen, nothing is kept of it. */
const ENDS_IT = ['sold_out', 'order_cancelled', 'order_expired', 'order_filled', 'listing_not_held'] as const

/** In somebody else's hands: it may still happen. */
const wasSent = ({ transaction, callsId, isShared }: PurchaseKept): boolean =>
  transaction !== undefined || callsId !== undefined || isShared === true

async function carry(job: Job): Promise<Sent> {
  const { kept, keep, forget } = job
  try {
    return await ways[kept.way](job)
  } catch (error) {
    const problem = ledgerProblem(error, job.bargain.what)
    const isOfNoUse = ENDS_IT.some(code => problem.code === code)
    const isUnsigned = problem.code === 'wallet_refused' && job.kept.authorization === undefined
    if ((isOfNoUse || isUnsigned) && !wasSent(job.kept)) await forget()
    if (kept.way === 'batch' && isNoBatch(error)) {
      job.kept = await keep({ ...kept, way: 'authorization', callsId: undefined })
      return carry(job)
    }
    if (kept.way === 'authorization' && !wasSent(job.kept) && cannotSign(error)) {
      job.kept = await keep({ ...kept, way: 'allowance', authorization: undefined })
      return carry(job)
    }
    throw problem
  }
}

/** What its buyer sent and the ledger refused may pass now, with the payment that was signed; anything else is told. */
async function orTryAgain(kept: PurchaseKept, problem: Problem, forget: () => Promise<void>): Promise<void> {
  // Of a batch that failed, which is whole or not at all, or of a transaction, nothing can come any more.
  if (kept.callsId !== undefined || !kept.authorization) await forget()
  if (kept.callsId !== undefined || kept.isShared || !kept.authorization) throw problem
}

/** One signature serves whoever sends it: that may be another now, where gas has run out or a relayer is away. */
function wayOn({ way }: PurchaseKept, { payBy }: Buyer): Way {
  const bySignature: readonly (Way | undefined)[] = ['authorization', 'relay']
  return bySignature.includes(way) && payBy && bySignature.includes(payBy) ? payBy : way
}

/** What is kept of the same purchase decides; only where there is nothing of it, or nothing that could still happen, a new one begins. */
async function goOn(market: Market, buyer: Buyer, wanted: Wanted, key: string, store: PurchaseStore) {
  const { wallet, quantity = 1, recipient = wallet.account.address, maxCostAtomic, tell = () => {} } = buyer
  tell('check')
  const known = await readKept(store, key)
  const fate = known && !known.isBought ? await fateInTheEnd(market, known, buyer) : null
  if (known && fate?.is === 'refused') await orTryAgain(known, fate.problem, () => store.delete(key))
  const goesOn = known && fate && fate.is !== 'over'
  const bargain = goesOn
    ? bargainKept(market, known)
    : await bargainToday(market, wanted, { quantity, recipient, maxCostAtomic })
  costWithin(maxCostAtomic, 1, String(bargain.costAtomic))
  if (!goesOn) await requireMoney(market, wallet.account.address, bargain.costAtomic)
  const keep = async (kept: PurchaseKept) => {
    await writeKept(store, key, kept)
    return kept
  }
  const kept = goesOn ? { ...known, way: wayOn(known, buyer) } : await begun(market, buyer, bargain)
  const job: Job = { market, buyer, bargain, kept, keep, forget: () => store.delete(key), tell }
  const transaction = fate?.is === 'bought' ? fate.transaction : await carry(job)
  await keep({ ...job.kept, transaction: transaction.hash, isBought: true })
  await nudgeEdge(market)
  return { workId: bargain.workId, quantity, costAtomic: bargain.costAtomic, transaction }
}

/** By store and key: two who ask for the same at once get the same. */
const running = new WeakMap<PurchaseStore, Map<string, Promise<Bought>>>()

export function purchase(market: Market, buyer: Buyer, wanted: Wanted): Promise<Bought> {
  const { wallet, quantity = 1, recipient = wallet.account.address, store = memoryPurchases() } = buyer
  const named = bargainOf(market, wanted, { quantity, recipient, costAtomic: 0n })
  const key = keyOf(market, wallet.account.address, named)
  const ours = running.get(store) ?? new Map<string, Promise<Bought>>()
  running.set(store, ours)
  const begunAlready = ours.get(key)
  if (begunAlready) return begunAlready
  const going = goOn(market, buyer, wanted, key, store).finally(() => ours.delete(key))
  ours.set(key, going)
  return going
}
