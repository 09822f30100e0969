/** Posted listings, and the one condition under which a listing still stands. */
import type { ListingRow } from '@grimoire/schema/catalogue'
import { bytesOf, ordinalOf } from '@grimoire/schema/columns'
import type { Hex } from '@grimoire/schema/hex'
import type { SignedListing } from '@grimoire/schema/listing'
import { listings } from '@grimoire/schema/tables-posted'
import { and, asc, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { alias } from 'drizzle-orm/sqlite-core'
import { getAddress } from 'viem'
import { filledOrderOf } from '../order-names.ts'
import { standing, unfilled } from './standing.ts'

export const l = alias(listings, 'l')

export const LISTINGS = { alias: 'l', maker: 'seller' } as const

/** The ordinal of a listing's work, where the statement does not know it already. */
const itsWork = ordinalOf(sql`l.work_id`)

/** For `listings AS l`: how many of its editions are neither sold nor given away, as of the last indexed block. */
const leftOf = (work: SQL) => sql<number>`min(${unfilled(LISTINGS)},
  coalesce((SELECT h.editions FROM holdings h WHERE h.holder = ${bytesOf(sql`l.seller`)} AND h.work = ${work}), 0))`
export const leftOfListing = leftOf(itsWork)

/** For `listings AS l`: with today's fee its seller still receives what it asks. */
const feeLeaves = (work: SQL) =>
  sql`l.max_fee_bps >= coalesce((SELECT f.fee_bps FROM fees f WHERE f.work = ${work}), 0)`
export const feeLeavesEnough = feeLeaves(itsWork)

/** For `listings AS l`: it stands, the fee leaves its seller what it asks, and something is left. */
export const isLive = (work: SQL): SQL => sql`${standing(LISTINGS)}
  AND ${feeLeaves(work)}
  AND ${leftOf(work)} > 0`

/** Posting the same listing again changes nothing. */
export async function putListing(
  db: D1Database,
  { listing, signature }: SignedListing,
  known: { digest: Hex; maxFeeBps: number; nowSeconds: number },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO listings (digest, seller, work_id, quantity, price_atomic, min_proceeds_atomic, max_fee_bps, nonce,
         counter, filled_order, expires_at, signature, posted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (digest) DO NOTHING`,
    )
    .bind(
      known.digest,
      listing.seller.toLowerCase(),
      listing.workId,
      listing.quantity,
      Number(listing.priceAtomic),
      Number(listing.minProceedsAtomic),
      known.maxFeeBps,
      listing.nonce,
      listing.counter,
      filledOrderOf('sale', listing.workId, listing.priceAtomic),
      listing.expiresAtSeconds,
      signature,
      known.nowSeconds,
    )
    .run()
}

/** Live ones only, the cheapest first; of one seller alone, the newest first. */
export async function liveListings(
  db: D1Database,
  { workId, seller, limit }: { workId?: string | undefined; seller?: string | undefined; limit: number },
): Promise<ListingRow[]> {
  const conditions = [
    workId === undefined ? undefined : eq(l.workId, workId),
    seller === undefined ? undefined : eq(l.seller, seller.toLowerCase()),
    isLive(itsWork),
  ]
  const rows = await drizzle(db)
    .select({ ...getTableColumns(l), leftQuantity: leftOfListing })
    .from(l)
    .where(and(...conditions))
    .orderBy(
      ...(seller !== undefined && workId === undefined ? [] : [asc(l.priceAtomic)]),
      desc(l.postedAtSeconds),
      asc(l.digest),
    )
    .limit(limit)
  return rows.map(listingRowOf)
}

/** Orders that expired a day ago are of no more use to anyone. */
export async function dropExpired(db: D1Database): Promise<void> {
  const longAgo = `expires_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400`
  await db.batch(['listings', 'offers'].map(table => db.prepare(`DELETE FROM ${table} WHERE ${longAgo}`)))
}

export const listingRowOf = (row: typeof listings.$inferSelect & { leftQuantity: number }): ListingRow => ({
  digest: row.digest as Hex, // Safety: written by `putListing`, as the signature below.
  listing: {
    seller: getAddress(row.seller),
    workId: row.workId,
    quantity: row.quantity,
    priceAtomic: String(row.priceAtomic),
    minProceedsAtomic: String(row.minProceedsAtomic),
    nonce: row.nonce,
    counter: row.counter,
    expiresAtSeconds: row.expiresAtSeconds,
  },
  signature: row.signature as Hex,
  postedAtSeconds: row.postedAtSeconds,
  leftQuantity: row.leftQuantity,
})
