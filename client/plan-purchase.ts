/** A purchase before anything is signed: tried on the chain, with all that it will cost and all that the wallet will ask. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { relayerAnswer } from '@grimoire/schema/trading'
import { allowedCalls, type Bargain, bargainToday, type Wanted } from './bargain.ts'
import { takesBatches } from './batch.ts'
import { askEdge, nullWhenAway } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'
import { requireMoney } from './money.ts'
import type { Way } from './purchase-kept.ts'
import { tryCalls } from './try-calls.ts'
import type { Wallet } from './wallet.ts'

export type PurchasePlan = {
  way: Way
  costAtomic: bigint
  /** What the network takes, about, in the chain's own coin; null where the chain does not say before it is sent. */
  feeWei: bigint | null
  feePaidBy: 'buyer' | 'edge'
}

type Asked = {
  buyer: Hex
  wanted: Wanted
  maxCostAtomic: bigint
  quantity?: number
  recipient?: Hex
  /** To be asked what it can do; without one it is taken to sign and to send, as every wallet does. */
  wallet?: Wallet | null
}

/** Allowance and purchase one after the other: the ledger takes the same payment otherwise, for about as much. */
const gasOf = (market: Market, buyer: Hex, bargain: Bargain): Promise<bigint | null> =>
  tryCalls(market, { account: buyer, calls: allowedCalls(market, bargain), what: bargain.what })

const relays = (market: Market, costAtomic: bigint): Promise<boolean> =>
  market.edgeUrl === null
    ? Promise.resolve(false)
    : askEdge(market, 'GET /v1/relayer', { schema: relayerAnswer })
        .catch(nullWhenAway)
        .then(relayer => relayer?.enabled === true && costAtomic >= BigInt(relayer.minCostAtomic))

/** One confirmation where the wallet can, none of the network's coin where the edge sends, two questions otherwise. */
async function wayOf(market: Market, asked: Asked, costAtomic: bigint, hasGas: boolean): Promise<Way> {
  const { wallet } = asked
  if (!hasGas && costAtomic > 0n && (await relays(market, costAtomic))) return 'relay'
  // A wallet that takes batches may have its fees paid by somebody else, of whom the chain knows nothing yet.
  if (costAtomic > 0n && wallet && (await takesBatches(market, wallet))) return 'batch'
  if (!hasGas) throw new Problem('gas_missing', { got: `${asked.buyer} with less than this takes` })
  if (costAtomic === 0n) return 'allowance'
  return 'authorization'
}

/** Throws the reason for which the ledger would refuse: what would revert is not offered for signing. */
export async function planPurchase(market: Market, asked: Asked): Promise<PurchasePlan> {
  const { buyer, wanted, maxCostAtomic, quantity = 1, recipient = buyer } = asked
  const bargain = await bargainToday(market, wanted, { quantity, recipient, maxCostAtomic })
  const { costAtomic } = bargain
  await requireMoney(market, buyer, costAtomic)
  const { publicClient } = market
  const [gas, priceWei, heldWei] = await Promise.all([
    gasOf(market, buyer, bargain),
    publicClient.getGasPrice(),
    publicClient.getBalance({ address: buyer }),
  ]).catch(error => {
    throw ledgerProblem(error, bargain.what)
  })
  const feeWei = gas === null ? null : gas * priceWei
  const way = await wayOf(market, asked, costAtomic, heldWei > 0n && heldWei >= (feeWei ?? 0n))
  return way === 'relay'
    ? { way, costAtomic, feeWei: 0n, feePaidBy: 'edge' }
    : { way, costAtomic, feeWei, feePaidBy: 'buyer' }
}
