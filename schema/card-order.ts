/** What a share card shows: the order that the edge gives to whoever draws it. Equal orders are equal pictures. */
import { z } from 'zod'
import { workIdText } from './hex.ts'
import { KINDS } from './work.ts'

export const CARD_WIDTH = 1200
export const CARD_HEIGHT = 630

export const cardOrder = z
  .object({
    /** Raised when the look changes, so that every card is drawn anew. */
    design: z.literal(1),
    workId: workIdText,
    kind: z.enum(KINDS),
    /** Null where the manifest has not been seen. */
    title: z.string().max(2_000).nullable(),
    creator: z.string().max(100),
    price: z.string().max(60),
    note: z.string().max(100),
  })
  .strict()
export type CardOrder = z.infer<typeof cardOrder>
