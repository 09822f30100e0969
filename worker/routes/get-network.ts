/** GET /v1/network: what a page needs to hold this edge's words against the chain: the ledger's addresses and public endpoints. */
import { networkAnswer } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/network',
  summary: 'The ledger, and endpoints of its chain that anyone may ask',
  responses: answers('Addresses and endpoints', networkAnswer),
})

export const getNetwork = (app: App) =>
  app.openapi(route, c => {
    const { ADDRESSES, PAGE_RPC_URLS } = settingsOf(c.env)
    return c.json({ addresses: ADDRESSES, rpcUrls: PAGE_RPC_URLS ?? [] }, 200)
  })
