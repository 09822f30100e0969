/** One's own listings and offers with what became of each: the edge remembers them, the chain says which still stand. */
import { type OrderFate, ownOrders } from '@grimoire/schema/activity'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { SignedListing } from '@grimoire/schema/listing'
import type { SignedOffer } from '@grimoire/schema/offer'
import { isProblem, Problem, type ProblemCode } from '@grimoire/schema/problem'
import { checkOffer } from './check-offer.ts'
import { askEdge } from './edge.ts'
import { checkListing } from './find-listings.ts'
import type { Market } from './market.ts'
import { requireTakenBack } from './standing-orders.ts'

type Known = { fate: OrderFate; leftQuantity: number; postedAtSeconds: number }
export type OwnListing = SignedListing & Known
export type OwnOffer = SignedOffer & Known

const FATES: Partial<Record<ProblemCode, OrderFate>> = {
  order_expired: 'expired',
  order_cancelled: 'withdrawn',
  listing_not_held: 'unheld',
  proceeds_too_low: 'underpaid',
  funds_missing: 'unpaid',
}

/**
 * The ledger does not tell a cancelled order from one that was filled at once, nor what had become of it when it expired:
 * there the edge's word counts, as no money can move any more. Of an order that may still be filled it counts for nothing.
 */
const ENDED: readonly OrderFate[] = ['expired', 'withdrawn']

async function fateNow(
  market: Market,
  { row, maker, check }: { row: { fate: OrderFate }; maker: Hex; check: Promise<number> },
): Promise<Pick<Known, 'fate' | 'leftQuantity'>> {
  try {
    return { fate: 'standing', leftQuantity: await check }
  } catch (error) {
    if (isProblem(error, 'order_signature_invalid')) {
      await requireTakenBack(market, { row, maker, cause: error })
      return { fate: 'withdrawn', leftQuantity: 0 }
    }
    const code = (Object.keys(FATES) as ProblemCode[]).find(one => isProblem(error, one)) // Safety: its own keys.
    const fate = code && FATES[code]
    if (!fate) throw error
    return { fate: row.fate === 'filled' && ENDED.includes(fate) ? 'filled' : fate, leftQuantity: 0 }
  }
}

/** The newest first. An order of somebody else among them, or one that its maker never signed, means that the edge lied. */
export async function findOwnOrders(
  market: Market,
  { maker }: { maker: Hex },
): Promise<{ listings: OwnListing[]; offers: OwnOffer[] }> {
  const asked = { path: { holder: maker }, query: {}, schema: ownOrders }
  const told = await askEdge(market, 'GET /v1/holders/{holder}/orders', asked)
  const makers = [...told.listings.map(row => row.listing.seller), ...told.offers.map(row => row.offer.buyer)]
  const strayed = makers.find(one => !sameAddress(one, maker))
  if (strayed) throw new Problem('edge_lied', { got: strayed, expected: maker })
  const fated = async <Row extends { fate: OrderFate }>(row: Row, check: Promise<number>) => ({
    ...row,
    ...(await fateNow(market, { row, maker, check })),
  })
  const [listings, offers] = await Promise.all([
    Promise.all(told.listings.map(row => fated(row, checkListing(market, row)))),
    Promise.all(told.offers.map(row => fated(row, checkOffer(market, row)))),
  ])
  return { listings, offers }
}
