/** What hangs on a work or on its creator, in pages: works made from it, its prices, what happened to it, and a creator's sums. */
import { z } from 'zod'
import { sumText } from './amounts.ts'
import { address, bytes32, count, seconds, workIdText } from './hex.ts'

const nextCursor = z.string().nullable()

/** A work that names another as its parent, and the share that it promised. */
export const childrenPage = z.object({
  children: z.array(
    z.object({
      workId: workIdText,
      title: z.string().nullable(),
      creator: address,
      shareBps: z.number().int(),
      /** Whether the parent's creator confirmed it; until then it is a claim. */
      confirmed: z.boolean(),
    }),
  ),
  nextCursor,
})

/** One purchase as a point of the price's history. */
export const pricesPage = z.object({
  prices: z.array(
    z.object({
      atSeconds: seconds,
      /** For one edition, rounded down. */
      priceAtomic: sumText,
      quantity: count,
      kind: z.enum(['mint', 'sale', 'offer']),
      transaction: bytes32,
    }),
  ),
  nextCursor,
})

/** A creator's works in sum. The list is `GET /v1/works?creator=`, earnings by day are `GET /v1/earnings`. */
export const creatorAnswer = z.object({
  creator: address,
  works: count,
  minted: count,
  sales: count,
  collectedAtomic: sumText,
  royaltiesAtomic: sumText,
})
