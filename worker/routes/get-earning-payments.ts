/** GET /v1/earnings/payments: each payment to a creator or an operator with its transaction, newest first, as JSON or CSV. */
import { day, EARNING_ROLES, earningPayments } from '@grimoire/schema/earnings'
import { address } from '@grimoire/schema/hex'
import { createRoute, z } from '@hono/zod-openapi'
import { getAddress } from 'viem'
import { csvHeaders, csvOf, wantsCsv, withCsv } from '../csv.ts'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { listPayments } from '../store/earnings.ts'

/** More than elsewhere: whoever keeps books takes all of them. */
const MOST_ROWS = 1_000

const route = createRoute({
  method: 'get',
  path: '/v1/earnings/payments',
  summary: 'Each payment to a creator or an operator',
  request: {
    query: z.object({
      address,
      role: z.enum(EARNING_ROLES).default('creator'),
      /** Days of UTC, both included. */
      fromDay: day.default('1970-01-01'),
      toDay: day.default('9999-12-31'),
      limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(100),
      cursor: z.string().max(400).optional(),
      format: z.enum(['json', 'csv']).optional(),
    }),
  },
  responses: withCsv('Payments with their transactions, newest first', earningPayments),
})

const COLUMNS = ['time', 'kind', 'work_id', 'amount_atomic', 'block_number', 'transaction']

export const getEarningPayments = (app: App) =>
  app.openapi(route, async c => {
    const { address: whose, format, ...query } = c.req.valid('query')
    const account = whose.toLowerCase()
    const { earnings, nextCursor } = await listPayments(c.env.DB, settingsOf(c.env), { ...query, account })
    if (wantsCsv(c, format)) {
      const rows = earnings.map(row => [
        ...[new Date(row.atSeconds * 1000).toISOString(), row.kind, row.workId],
        ...[row.amountAtomic, row.blockNumber, row.transaction],
      ])
      return c.body(csvOf(COLUMNS, rows), 200, csvHeaders(c, nextCursor))
    }
    return c.json({ address: getAddress(whose), role: query.role, earnings, nextCursor }, 200)
  })
