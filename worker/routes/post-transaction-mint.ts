/** POST /v1/transactions/mint: a purchase of the creator, paid by the sender’s allowance or by anyone’s authorization. */
import { transactionBodies } from '@grimoire/schema/trading'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { preparePurchase } from '../trading/buying.ts'
import { primaryPurchase } from '../trading/purchase.ts'
import { OF_PURCHASES, transactionRoute } from '../trading/route.ts'

const route = transactionRoute('mint', 'Prepare: buy editions of their creator', {
  body: transactionBodies.mint,
  codes: [...OF_PURCHASES, 'allowance_missing', 'authorization_invalid', 'recipient_refused'],
})

export const postTransactionMint = (app: App) =>
  app.openapi(route, async c => {
    const { from, authorization, ...body } = c.req.valid('json')
    const settings = settingsOf(c.env)
    const recipient = body.recipient ?? authorization?.from ?? from
    const purchase = await primaryPurchase(settings, { ...body, recipient })
    const paid = authorization ? { authorization } : {}
    return c.json(await preparePurchase(settings, { purchase, from, ...paid }), 200)
  })
