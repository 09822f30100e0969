/** Posted offers, and those of them that still stand. */
import type { OfferRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import type { SignedOffer } from '@grimoire/schema/offer'
import { offers } from '@grimoire/schema/tables'
import { and, asc, desc, eq, getTableColumns, gt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { alias } from 'drizzle-orm/sqlite-core'
import { getAddress } from 'viem'
import { filledOrderOf } from '../order-names.ts'
import { standing, unfilled } from './standing.ts'

const o = alias(offers, 'o')
const ORDERS = { alias: 'o', maker: 'buyer' } as const
const leftQuantity = unfilled(ORDERS)

/** Posting the same offer again changes nothing. */
export async function putOffer(
  db: D1Database,
  { offer, payment, signature }: SignedOffer,
  { digest, nowSeconds }: { digest: Hex; nowSeconds: number },
): Promise<void> {
  const { workId, quantity, nonce, counter, expiresAtSeconds } = offer
  await drizzle(db)
    .insert(offers)
    .values({
      ...{ digest, payment, workId, quantity, nonce, counter, expiresAtSeconds, signature },
      buyer: offer.buyer.toLowerCase(),
      priceAtomic: Number(offer.priceAtomic),
      filledOrder: filledOrderOf('offer', workId, offer.priceAtomic),
      postedAtSeconds: nowSeconds,
    })
    .onConflictDoNothing()
}

/** Standing ones only, the dearest first; of one buyer alone, in no promised order. */
export async function liveOffers(
  db: D1Database,
  { workId, buyer, limit }: { workId?: string | undefined; buyer?: string | undefined; limit: number },
): Promise<OfferRow[]> {
  const rows = await drizzle(db)
    .select({ ...getTableColumns(o), leftQuantity })
    .from(o)
    .where(
      and(
        workId === undefined ? undefined : eq(o.workId, workId),
        buyer === undefined ? undefined : eq(o.buyer, buyer.toLowerCase()),
        standing(ORDERS),
        gt(leftQuantity, 0),
      ),
    )
    .orderBy(...(buyer !== undefined && workId === undefined ? [] : [desc(o.priceAtomic)]), asc(o.digest))
    .limit(limit)
  return rows.map(rowOf)
}

const rowOf = (row: typeof offers.$inferSelect & { leftQuantity: number }): OfferRow => ({
  digest: row.digest as Hex, // Safety: written by `putOffer`, as payment and signature below.
  offer: {
    buyer: getAddress(row.buyer),
    workId: row.workId,
    quantity: row.quantity,
    priceAtomic: String(row.priceAtomic),
    nonce: row.nonce,
    counter: row.counter,
    expiresAtSeconds: row.expiresAtSeconds,
  },
  payment: row.payment as SignedOffer['payment'],
  signature: row.signature as Hex,
  postedAtSeconds: row.postedAtSeconds,
  leftQuantity: row.leftQuantity,
})
