/** One account as a holder: what it holds and paid in sum, and its own orders with what became of each. */
import { type HolderAnswer, ORDERS_COUNTED, type OrderFate, type OwnOrders } from '@grimoire/schema/activity'
import type { Hex } from '@grimoire/schema/hex'
import { holders } from '@grimoire/schema/tables'
import { desc, eq, getTableColumns, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { feeLeavesEnough, LISTINGS, l, leftOfListing, listingRowOf, liveListings } from './listings.ts'
import { liveOffers, OFFERS, o, offerRowOf } from './offers.ts'
import { fateOf, unfilled } from './standing.ts'

const NOTHING = {
  ...{ works: 0, editions: 0, openedCopies: 0, purchases: 0, spentAtomic: '0', resales: 0, soldAtomic: '0' },
  firstSeenAtSeconds: null,
}

/** Zeros for whoever never held anything. */
export async function holderOf(db: D1Database, holder: Hex): Promise<HolderAnswer> {
  const limit = ORDERS_COUNTED
  const [row, listings, offers] = await Promise.all([
    drizzle(db).select().from(holders).where(eq(holders.holder, holder.toLowerCase())).get(),
    liveListings(db, { seller: holder, limit }),
    liveOffers(db, { buyer: holder, limit }),
  ])
  const sums = row ?? NOTHING
  return { ...sums, holder: getAddress(holder), listings: listings.length, offers: offers.length }
}

const listingFate = sql<OrderFate>`coalesce(${fateOf(LISTINGS)},
  CASE WHEN ${leftOfListing} <= 0 THEN 'unheld' WHEN NOT (${feeLeavesEnough}) THEN 'underpaid' ELSE 'standing' END)`
const offerFate = sql<OrderFate>`coalesce(${fateOf(OFFERS)}, CASE WHEN ${o.payable} THEN 'standing' ELSE 'unpaid' END)`

const shownLeft = <Row extends { leftQuantity: number }>(row: Row): Row => ({
  ...row,
  leftQuantity: Math.max(0, row.leftQuantity),
})

export async function ordersOf(db: D1Database, holder: Hex, limit: number): Promise<OwnOrders> {
  const orm = drizzle(db)
  const account = holder.toLowerCase()
  const [listed, offered] = await orm.batch([
    orm
      .select({ ...getTableColumns(l), leftQuantity: leftOfListing, fate: listingFate })
      .from(l)
      .where(eq(l.seller, account))
      .orderBy(desc(l.postedAtSeconds))
      .limit(limit),
    orm
      .select({ ...getTableColumns(o), leftQuantity: unfilled(OFFERS), fate: offerFate })
      .from(o)
      .where(eq(o.buyer, account))
      .orderBy(desc(o.postedAtSeconds))
      .limit(limit),
  ])
  return {
    listings: listed.map(row => ({ ...listingRowOf(shownLeft(row)), fate: row.fate })),
    offers: offered.map(row => ({ ...offerRowOf(shownLeft(row)), fate: row.fate })),
  }
}
