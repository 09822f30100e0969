/** Posted offers, and those of them that still stand. */
import type { OfferRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import type { SignedOffer } from '@grimoire/schema/offer'
import { offers } from '@grimoire/schema/tables-posted'
import { and, asc, desc, eq, getTableColumns, gt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { alias } from 'drizzle-orm/sqlite-core'
import { getAddress } from 'viem'
import { filledOrderOf } from '../order-names.ts'
import { standing, unfilled } from './standing.ts'

export const o = alias(offers, 'o')
export const OFFERS = { alias: 'o', maker: 'buyer' } as const
const leftQuantity = unfilled(OFFERS)

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

/** Standing ones only, whose buyer could pay at the last indexed block, the dearest first; of one buyer alone, the newest first. */
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
        standing(OFFERS),
        o.payable,
        gt(leftQuantity, 0),
      ),
    )
    .orderBy(
      ...(buyer !== undefined && workId === undefined ? [] : [desc(o.priceAtomic)]),
      desc(o.postedAtSeconds),
      asc(o.digest),
    )
    .limit(limit)
  return rows.map(offerRowOf)
}

export const offerRowOf = (
  row: Omit<typeof offers.$inferSelect, 'payable' | 'checkedBlock'> & { leftQuantity: number },
): OfferRow => ({
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
