/** What happened to a work, or what an account did, newest first; and what an account holds, paid and offers in sum. */
import { z } from 'zod'
import { sumText } from './amounts.ts'
import { listingRow, offerRow } from './catalogue.ts'
import { address, bytes32, count, seconds, workIdText } from './hex.ts'

/**
 * On the chain: `made` (the work was created), `minted` (bought of its creator), `sold` (a listing was bought), `accepted`
 * (an offer was), `given`, `moved` (by a marketplace that the ledger lets in), `opened` (an edition was burned for a copy),
 * `published` (a later version). Signed and posted to this edge: `listed`, `offered`; a day after they expired they are gone.
 */
const activityKind = z.enum([
  ...(['made', 'minted', 'sold', 'accepted', 'given', 'moved', 'opened', 'published'] as const),
  ...(['listed', 'offered'] as const),
])
export type ActivityKind = z.infer<typeof activityKind>

/** What OpenAPI documents say of a custom schema holds for its absence too. */
const orNone = (schema: typeof address, description: string) =>
  schema.nullable().meta({ type: ['string', 'null'], description })

export const activityRow = z.object({
  kind: activityKind,
  workId: workIdText,
  from: orNone(address, 'Who acts: makes, sells, gives, opens, publishes or lists'),
  to: orNone(address, 'Who gets the editions; of an offer, who would'),
  quantity: count.nullable().meta({ description: 'How many editions; null where none moves' }),
  priceAtomic: sumText.nullable().meta({
    description: 'For one edition, rounded down, in atomic units of the money; null where nothing is paid',
  }),
  costAtomic: sumText
    .nullable()
    .meta({ description: 'For all its editions, in atomic units of the money; null where nothing is paid' }),
  royaltyAtomic: sumText
    .nullable()
    .meta({ description: 'What of it the creator got, in atomic units of the money; null but for resales' }),
  version: z.number().int().min(1).nullable().meta({ description: 'The version that was published' }),
  blockNumber: count
    .nullable()
    .meta({ description: 'The block of the chain; null of what was only posted here' }),
  atSeconds: seconds.meta({ description: 'The time of the block, or of the posting, in seconds since 1970' }),
  transaction: orNone(
    bytes32,
    'The hash of the transaction; null of what was only posted here, and of `made`, whose event is in its block',
  ),
})
export type ActivityRow = z.infer<typeof activityRow>

export const activityPage = z.object({ activity: z.array(activityRow), nextCursor: z.string().nullable() })
export type ActivityPage = z.infer<typeof activityPage>

const upTo = (most: number, what: string) => ({ description: `How many ${what}, counted as far as ${most}` })
export const ORDERS_COUNTED = 100

export const holderAnswer = z.object({
  holder: address,
  works: count.meta({ description: 'How many works it holds an edition or an opened copy of' }),
  editions: count.meta({ description: 'How many tradable editions it holds' }),
  openedCopies: count.meta({ description: 'How many opened copies it holds' }),
  purchases: count.meta({ description: 'How often an edition came to it by a purchase' }),
  spentAtomic: sumText.meta({ description: 'What was paid for those, in atomic units of the money' }),
  resales: count.meta({ description: 'How often it sold editions to a buyer of a listing or to an offer' }),
  soldAtomic: sumText.meta({
    description: 'What was left to it of those, after royalty and fee, in atomic units of the money',
  }),
  listings: count.meta(upTo(ORDERS_COUNTED, 'of its listings stand')),
  offers: count.meta(upTo(ORDERS_COUNTED, 'of its offers stand')),
  firstSeenAtSeconds: seconds
    .nullable()
    .meta({ description: 'When its first edition came to it, in seconds since 1970; null if none ever did' }),
})
export type HolderAnswer = z.infer<typeof holderAnswer>

/**
 * `standing`: it can be filled now; `filled`: wholly; `withdrawn`: cancelled, or its nonce went to another order; `expired`;
 * `unheld`: its seller holds no edition now; `underpaid`: today’s fee leaves its seller less than it asks; `unpaid`: its
 * buyer has not the money now. The last three may stand again.
 */
export const orderFate = z.enum([
  'standing',
  'filled',
  'withdrawn',
  'expired',
  'unheld',
  'underpaid',
  'unpaid',
])
export type OrderFate = z.infer<typeof orderFate>

/** Orders of one account, also those that stand no more, the newest first: a day after it expired one is forgotten. */
export const ownOrders = z.object({
  listings: z.array(listingRow.extend({ fate: orderFate })),
  offers: z.array(offerRow.extend({ fate: orderFate })),
})
export type OwnOrders = z.infer<typeof ownOrders>
