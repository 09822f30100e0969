/** POST /v1/transactions/buy: a purchase from a listing, paid by the sender’s allowance or by anyone’s authorization. */
import { transactionBodies } from '@grimoire/schema/trading'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { preparePurchase } from '../trading/buying.ts'
import { resalePurchase } from '../trading/purchase.ts'
import { OF_LISTINGS, OF_PURCHASES, transactionRoute } from '../trading/route.ts'

const route = transactionRoute('buy', 'Prepare: buy editions of a listing', {
  body: transactionBodies.buy,
  codes: [...OF_PURCHASES, ...OF_LISTINGS, 'allowance_missing', 'authorization_invalid', 'recipient_refused'],
})

export const postTransactionBuy = (app: App) =>
  app.openapi(route, async c => {
    const { from, authorization, ...body } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const recipient = body.recipient ?? authorization?.from ?? from
    const purchase = await resalePurchase(settings, { ...body, recipient })
    const paid = authorization ? { authorization } : {}
    return c.json(await preparePurchase(settings, { purchase, from, ...paid }), 200)
  })
