/** POST /v1/offers: takes a signed offer that the ledger would accept now; each reason to refuse has its own problem. */
import { offerRow } from '@grimoire/schema/catalogue'
import { offer, signedOffer } from '@grimoire/schema/offer'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitOrders } from '../http.ts'
import { checkOffer } from '../offer-check.ts'
import { putOffer } from '../store/offers.ts'

const body = signedOffer.extend({ offer: offer.strict() }).strict()

const route = createRoute({
  method: 'post',
  path: '/v1/offers',
  summary: 'Offer to buy editions of a work',
  middleware: limitOrders,
  request: { body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: answers('The offer, as it will be shown', offerRow, [
    'work_unknown',
    'funds_missing',
    'order_signature_invalid',
    'order_cancelled',
    'order_expired',
    'chain_unreachable',
  ]),
})

export const postOffer = (app: App) =>
  app.openapi(route, async c => {
    const signed = c.req.valid('json')
    const { digest, leftQuantity, nowSeconds } = await checkOffer(settingsOf(c.env), signed)
    await putOffer(c.env.DB, signed, { digest, nowSeconds })
    return c.json({ ...signed, digest, leftQuantity, postedAtSeconds: nowSeconds }, 200)
  })
