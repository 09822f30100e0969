/** Buying without gas: the buyer signs one payment, the edge's relayer sends it, and the chain says whether it was done. */
import type { SignedListing } from '@grimoire/schema/listing'
import type { Market } from './market.ts'
import { type Bought, type Buyer, purchase } from './purchase.ts'
import { memoryPurchases, type PurchaseStore } from './purchase-kept.ts'

export type PurchaseRelayed = Omit<Buyer, 'payBy' | 'sender'> & ({ workId: string } | SignedListing)

/** Whoever has seen an authorization can have it taken until it expires: without a store it is remembered as long as the market. */
const remembered = new WeakMap<Market, PurchaseStore>()

/**
 * Asked again for the same purchase before the first is settled or its authorization has expired, it asks for the same
 * transaction, without another signature; with a store also after a restart. Whoever wants more says a quantity.
 */
export function purchaseRelayed(market: Market, options: PurchaseRelayed): Promise<Bought> {
  const store = options.store ?? remembered.get(market) ?? memoryPurchases()
  remembered.set(market, store)
  const buyer = { ...options, store, payBy: 'relay' } as const
  if ('workId' in options) return purchase(market, buyer, { workId: options.workId })
  const { listing, signature } = options
  return purchase(market, buyer, { listing, signature })
}
