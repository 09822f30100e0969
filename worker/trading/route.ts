/** The form of the routes that prepare: one body in, a transaction or a message out, nothing kept. */

import type { ProblemCode } from '@grimoire/schema/problem'
import { preparedTransaction } from '@grimoire/schema/trading'
import { createRoute, type z } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { limitOrders } from '../limits.ts'

type Codes = readonly ProblemCode[]

/** What the ledger says of a purchase from a listing, and what is checked of it before. */
export const OF_LISTINGS: Codes = [
  'order_signature_invalid',
  'order_expired',
  'order_cancelled',
  'order_filled',
  'listing_not_held',
  'proceeds_too_low',
]
/** Of any purchase. */
export const OF_PURCHASES: Codes = ['work_unknown', 'price_above_ceiling', 'sold_out', 'funds_missing']

const prepares = <P extends string, B extends z.ZodType, A extends z.ZodType>(
  path: P,
  summary: string,
  { body, answer, description, codes }: { body: B; answer: A; description: string; codes: Codes },
) =>
  createRoute({
    method: 'post',
    path,
    summary,
    middleware: limitOrders,
    request: { body: { required: true, content: { 'application/json': { schema: body } } } },
    responses: answers(description, answer, ['chain_unreachable', ...codes]),
  })

export const transactionRoute = <N extends string, B extends z.ZodType>(
  name: N,
  summary: string,
  { body, codes }: { body: B; codes: Codes },
) =>
  prepares(`/v1/transactions/${name}`, summary, {
    body,
    // Whatever else a call may meet: anyone's code, and the chain.
    codes: ['transaction_reverted', ...codes],
    answer: preparedTransaction,
    description: 'The transaction, tried on the chain and ready to be sent',
  })

export const messageRoute = <N extends string, B extends z.ZodType, A extends z.ZodType>(
  name: N,
  summary: string,
  schemas: { body: B; answer: A; codes: Codes },
) =>
  prepares(`/v1/messages/${name}`, summary, {
    ...schemas,
    description: 'The message, ready to be signed, and what to send it with',
  })
