/** Buying from a signed listing: checked by the buyer's own client, paid by one signature that is good for this alone. */
import type { SignedListing } from '@grimoire/schema/listing'
import type { Market } from './market.ts'
import { type Bought, type Buyer, purchase } from './purchase.ts'

export type BuyListing = SignedListing & Buyer

export const buyListing = (market: Market, { listing, signature, ...buyer }: BuyListing): Promise<Bought> =>
  purchase(market, buyer, { listing, signature })
