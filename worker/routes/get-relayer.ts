/** GET /v1/relayer: whether this edge sends purchases for others, from which account, and within which limits. */
import { relayerAnswer } from '@grimoire/schema/trading'
import { createRoute } from '@hono/zod-openapi'
import { answers } from '../answers.ts'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { dayEndsAtSeconds } from '../relay/book.ts'
import { relayerOf } from '../relay/send.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/relayer',
  summary: 'Whether gasless purchases are sent here, and within which limits',
  responses: answers('The relayer', relayerAnswer),
})

export const getRelayer = (app: App) =>
  app.openapi(route, c => {
    const settings = settingsOf(c.env)
    const relayer = relayerOf(settings)?.address ?? null
    return c.json(
      {
        enabled: relayer !== null,
        relayer,
        maxGasPriceWei: String(settings.RELAYER_MAX_GAS_PRICE_WEI),
        minCostAtomic: String(settings.RELAYER_MIN_COST_ATOMIC),
        perPayerPerDay: settings.RELAYER_PER_PAYER_PER_DAY,
        perDay: settings.RELAYER_PER_DAY,
        dayEndsAtSeconds: dayEndsAtSeconds(Date.now()),
      },
      200,
    )
  })
