/** GET /v1/earnings: what a creator or an operator earned, by day, by work or by kind, as JSON or CSV. */

import { EARNING_ROLES, earningsAnswer, GROUPINGS } from '@grimoire/schema/earnings'
import { address } from '@grimoire/schema/hex'
import { PAGE_LIMIT } from '@grimoire/schema/page'
import { createRoute, z } from '@hono/zod-openapi'
import { getAddress } from 'viem'
import { csvHeaders, csvOf, wantsCsv, withCsv } from '../csv.ts'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { listSums, totalOf } from '../store/earnings.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/earnings',
  summary: 'Earnings of a creator or an operator, by day, work or kind',
  request: {
    query: z.object({
      address,
      role: z.enum(EARNING_ROLES).default('creator'),
      by: z.enum(GROUPINGS).default('day'),
      limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(PAGE_LIMIT),
      cursor: z.string().max(400).optional(),
      format: z.enum(['json', 'csv']).optional(),
    }),
  },
  responses: withCsv('Sums, newest day first; works and kinds by name', earningsAnswer),
})

export const getEarnings = (app: App) =>
  app.openapi(route, async c => {
    const { address: whose, role, by, format, ...page } = c.req.valid('query')
    const earner = { account: whose.toLowerCase(), role }
    const { sums, nextCursor } = await listSums(c.env.DB, settingsOf(c.env), { ...earner, by, ...page })
    if (wantsCsv(c, format)) {
      const rows = sums.map(sum => [sum.group, sum.amountAtomic, sum.payments])
      return c.body(csvOf([by, 'amount_atomic', 'payments'], rows), 200, csvHeaders(c, nextCursor))
    }
    const total = await totalOf(c.env.DB, earner)
    return c.json({ address: getAddress(whose), role, by, ...total, sums, nextCursor }, 200)
  })
