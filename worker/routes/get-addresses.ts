/** GET /v1/addresses: where the ledger stands that this edge follows. A client that cares has them from elsewhere. */
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/addresses',
  summary: 'Contract addresses',
  responses: answers('The addresses', ledgerAddresses),
})

export const getAddresses = (app: App) => app.openapi(route, c => c.json(settingsOf(c.env).ADDRESSES, 200))
