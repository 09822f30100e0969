/** POST /v1/messages/buy: the payment for a purchase from a listing, to sign; send it with the purchase, or let a relayer. */
import { messageBodies, paymentMessage } from '@grimoire/schema/trading'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { paymentFor } from '../trading/buying.ts'
import { resalePurchase } from '../trading/purchase.ts'
import { messageRoute, OF_LISTINGS, OF_PURCHASES } from '../trading/route.ts'

const route = messageRoute('buy', 'Prepare: a payment to sign, for editions of a listing', {
  body: messageBodies.buy,
  answer: paymentMessage,
  codes: [...OF_PURCHASES, ...OF_LISTINGS],
})

export const postMessageBuy = (app: App) =>
  app.openapi(route, async c => {
    const { payer, recipient = payer, ...wanted } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const purchase = await resalePurchase(settings, { ...wanted, recipient })
    return c.json(await paymentFor(settings, purchase, payer, recipient), 200)
  })
