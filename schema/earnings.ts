/** What creators and operators earned, as the edge tells it: sums by day, work or kind, and each payment with its transaction. */
import { z } from 'zod'
import { sumText } from './amounts.ts'
import { address, bytes32, count, seconds, workIdText } from './hex.ts'

export const EARNING_ROLES = ['creator', 'operator'] as const
export type EarningRole = (typeof EARNING_ROLES)[number]

/**
 * Of a creator: `sale`, first sales; `royalty`, resales; `answers`, chats with the work; `parent`, chats with works that
 * derive from it. Of an operator: `serving`, its share of the answers that it gave.
 */
export const EARNING_KINDS = ['sale', 'royalty', 'answers', 'parent', 'serving'] as const
export type EarningKind = (typeof EARNING_KINDS)[number]

export const GROUPINGS = ['day', 'work', 'kind'] as const

export const day = z.iso.date()

/** Whose earnings are told. */
const earner = { address, role: z.enum(EARNING_ROLES) }

/** Days are UTC and come newest first; works and kinds come in the order of their names. */
export const earningSum = z.object({
  /** The day, the work's id or the kind. */
  group: z.union([day, workIdText, z.enum(EARNING_KINDS)]),
  amountAtomic: sumText,
  payments: count,
})
export type EarningSum = z.infer<typeof earningSum>

export const earningsAnswer = z.object({
  ...earner,
  by: z.enum(GROUPINGS),
  /** Of everything that the ledger ever credited in this role, whatever the page shows. */
  totalAtomic: sumText,
  payments: count,
  sums: z.array(earningSum),
  nextCursor: z.string().nullable(),
})

export const earningPayment = z.object({
  kind: z.enum(EARNING_KINDS),
  workId: workIdText,
  amountAtomic: sumText,
  atSeconds: seconds,
  blockNumber: count,
  transaction: bytes32,
})
export type EarningPayment = z.infer<typeof earningPayment>

/** Newest first. */
export const earningPayments = z.object({
  ...earner,
  earnings: z.array(earningPayment),
  nextCursor: z.string().nullable(),
})
