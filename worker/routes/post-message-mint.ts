/** POST /v1/messages/mint: the payment for a purchase of the creator, to sign; send it with the purchase, or let a relayer. */
import { messageBodies, paymentMessage } from '@grimoire/schema/trading'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { paymentFor } from '../trading/buying.ts'
import { primaryPurchase } from '../trading/purchase.ts'
import { messageRoute, OF_PURCHASES } from '../trading/route.ts'

const route = messageRoute('mint', 'Prepare: a payment to sign, for editions of their creator', {
  body: messageBodies.mint,
  answer: paymentMessage,
  codes: OF_PURCHASES,
})

export const postMessageMint = (app: App) =>
  app.openapi(route, async c => {
    const { payer, recipient = payer, ...wanted } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const purchase = await primaryPurchase(settings, { ...wanted, recipient })
    return c.json(await paymentFor(settings, purchase, payer, recipient), 200)
  })
