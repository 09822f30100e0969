/** Posted listings, and the one condition under which a listing still stands. */
import type { ListingRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import type { SignedListing } from '@grimoire/schema/listing'
import { listings } from '@grimoire/schema/tables'
import { and, asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { alias } from 'drizzle-orm/sqlite-core'
import { getAddress } from 'viem'

const l = alias(listings, 'l')
export const WORD_BITS = 256n

/** Seconds now: the chain's own when it runs ahead of this machine, this machine's when the index stands still. */
const nowSeconds = sql.raw(
  `max(CAST(strftime('%s', 'now') AS INTEGER), (SELECT at FROM cursor WHERE id = 1))`,
)

/**
 * For `listings AS l`: it has not expired, its nonce is not spent, its seller still holds what it offers. The second
 * looks at one hex digit of the seller's word; the third at the holding as of the last indexed block.
 */
export const liveListing = sql`l.expires_at >= ${nowSeconds}
  AND NOT EXISTS (SELECT 1 FROM nonce_words n WHERE n.seller = l.seller AND n.word_index = l.word_index
    AND ((instr('0123456789abcdef', substr(n.mask, l.mask_digit, 1)) - 1) & l.mask_flag) <> 0)
  AND EXISTS (SELECT 1 FROM holdings h WHERE h.holder = l.seller AND h.work_id = l.work_id
    AND h.editions >= l.quantity)`

/** Posting the same listing again changes nothing. */
export async function putListing(
  db: D1Database,
  { listing, signature }: SignedListing,
  digest: Hex,
  postedAtSeconds: number,
): Promise<ListingRow> {
  const nonce = BigInt(listing.nonce)
  const bit = Number(nonce % WORD_BITS)
  await db
    .prepare(
      `INSERT INTO listings (digest, seller, work_id, quantity, price_atomic, nonce, word_index, mask_digit,
         mask_flag, expires_at, signature, posted_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (digest) DO NOTHING`,
    )
    .bind(
      digest,
      listing.seller.toLowerCase(),
      listing.workId,
      listing.quantity,
      Number(listing.priceAtomic),
      listing.nonce,
      (nonce / WORD_BITS).toString(),
      64 - Math.floor(bit / 4),
      1 << (bit % 4),
      listing.expiresAtSeconds,
      signature,
      postedAtSeconds,
    )
    .run()
  return { digest, listing, signature, postedAtSeconds }
}

/** Live ones only, the cheapest first; of one seller alone, in no promised order. */
export async function liveListings(
  db: D1Database,
  { workId, seller, limit }: { workId?: string | undefined; seller?: string | undefined; limit: number },
): Promise<ListingRow[]> {
  const conditions = [
    workId === undefined ? undefined : eq(l.workId, workId),
    seller === undefined ? undefined : eq(l.seller, seller.toLowerCase()),
    liveListing,
  ]
  const rows = await drizzle(db)
    .select()
    .from(l)
    .where(and(...conditions))
    .orderBy(...(seller !== undefined && workId === undefined ? [] : [asc(l.priceAtomic)]), asc(l.digest))
    .limit(limit)
  return rows.map(rowOf)
}

/** Listings that expired a day ago are of no more use to anyone. */
export async function dropExpired(db: D1Database): Promise<void> {
  await db
    .prepare(`DELETE FROM listings WHERE expires_at < CAST(strftime('%s', 'now') AS INTEGER) - 86400`)
    .run()
}

const rowOf = (row: typeof listings.$inferSelect): ListingRow => ({
  digest: row.digest as Hex, // Safety: written by `putListing`, as the signature below.
  listing: {
    seller: getAddress(row.seller),
    workId: row.workId,
    quantity: row.quantity,
    priceAtomic: String(row.priceAtomic),
    nonce: row.nonce,
    expiresAtSeconds: row.expiresAtSeconds,
  },
  signature: row.signature as Hex,
  postedAtSeconds: row.postedAtSeconds,
})
