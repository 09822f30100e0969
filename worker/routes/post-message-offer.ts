/** POST /v1/messages/offer: an offer to sign; post it with the signature to /v1/offers. */
import { offer, offerCostAtomic, offerTypedData, offerValidity } from '@grimoire/schema/offer'
import { messageBodies, offerMessage } from '@grimoire/schema/trading'
import { hashTypedData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { paymentTypedData, requireAllowance, requireMoney } from '../trading/money.ts'
import { orderFields, saleOf } from '../trading/ordering.ts'
import { messageRoute } from '../trading/route.ts'
import { onTheWire } from '../trading/typed-data.ts'

const route = messageRoute('offer', 'Prepare: an offer to sign', {
  body: messageBodies.offer,
  answer: offerMessage,
  codes: ['work_unknown', 'funds_missing', 'allowance_missing'],
})

export const postMessageOffer = (app: App) =>
  app.openapi(route, async c => {
    const { buyer, workId, quantity, priceAtomic, payment, ...wished } = c.req.valid('json')
    const settings = settingsOf(c.env)
    await saleOf(settings, workId, BigInt(priceAtomic))
    const fields = await orderFields(settings, buyer, wished)
    const value = offer.parse({ buyer, workId, quantity, priceAtomic, ...fields })
    const { chainId, works } = settings.ADDRESSES
    const costAtomic = offerCostAtomic(value)
    const typed = offerTypedData(value, chainId, works)
    if (payment === 'allowance') {
      await requireAllowance(settings, buyer, costAtomic)
      return c.json({ typedData: onTheWire(typed), offer: value, payment }, 200)
    }
    await requireMoney(settings, buyer, costAtomic)
    const nonce = hashTypedData(typed)
    const paid = { from: buyer, costAtomic, nonce, ...offerValidity(value) }
    return c.json(
      { typedData: onTheWire(await paymentTypedData(settings, paid)), offer: value, payment },
      200,
    )
  })
