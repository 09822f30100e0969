/** Offers at the edge: posting a signed one, and reading those of others, each checked as its seller would. */
import { offerRow, offersPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import type { SignedOffer } from '@grimoire/schema/offer'
import { checkOffer } from './check-offer.ts'
import { askEdge } from './edge.ts'
import type { Market } from './market.ts'
import { standingOrders } from './standing-orders.ts'

/** Shows an offer to those who hold the work. It is good without that, wherever a holder sees it. */
export async function postOffer(market: Market, signed: SignedOffer): Promise<void> {
  await askEdge(market, 'POST /v1/offers', { body: signed, schema: offerRow })
}

const STALE = ['order_cancelled', 'order_expired', 'funds_missing'] as const

export type FoundOffer = SignedOffer & {
  /** How many editions can be sold to it now. */
  leftQuantity: number
}

/** The offers that could be accepted now, the best first. What went stale is left out; a forged one is a lie. */
export async function findOffers(
  market: Market,
  { workId, buyer }: { workId?: string; buyer?: Hex } = {},
): Promise<FoundOffer[]> {
  const { offers } = await askEdge(market, 'GET /v1/offers', { query: { workId, buyer }, schema: offersPage })
  const found = await standingOrders(market, offers, {
    asked: { workId, maker: buyer },
    orderOf: ({ offer }) => ({ workId: offer.workId, maker: offer.buyer }),
    check: row => checkOffer(market, row),
    stale: STALE,
  })
  return found.map(({ row: { offer, payment, signature }, leftQuantity }) => ({
    ...{ offer, payment, signature, leftQuantity },
  }))
}
