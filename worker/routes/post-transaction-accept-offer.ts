/** POST /v1/transactions/accept-offer: a sale to whoever signed an offer. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { offerToChain, offerValidity } from '@grimoire/schema/offer'
import { Problem } from '@grimoire/schema/problem'
import { transactionBodies } from '@grimoire/schema/trading'
import { encodeFunctionData } from 'viem'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { checkOffer } from '../offer-check.ts'
import { leastProceeds, requireHeld } from '../trading/ordering.ts'
import { prepare } from '../trading/prepare.ts'
import { transactionRoute } from '../trading/route.ts'

const route = transactionRoute('accept-offer', 'Prepare: sell editions to an offer', {
  body: transactionBodies.acceptOffer,
  codes: [
    'work_unknown',
    'not_holder',
    'recipient_refused',
    'funds_missing',
    'order_signature_invalid',
    'order_expired',
    'order_cancelled',
    'order_filled',
    'proceeds_too_low',
    'authorization_invalid',
  ],
})

export const postTransactionAcceptOffer = (app: App) =>
  app.openapi(route, async c => {
    const body = c.req.valid('json')
    const { from, offer, payment, signature } = body
    const settings = settingsOf(c.env)
    const quantity = body.quantity ?? offer.quantity
    if (payment === 'authorization' && quantity !== offer.quantity) {
      const expected = `all ${offer.quantity}: one authorization pays for them together`
      throw new Problem('request_invalid', { param: 'quantity', got: quantity, expected })
    }
    const { leftQuantity } = await checkOffer(settings, { offer, payment, signature })
    if (quantity > leftQuantity)
      throw new Problem('order_filled', { got: quantity, expected: `at most ${leftQuantity}` })
    await requireHeld(settings, { workId: offer.workId, holder: from, quantity })
    const { least, sellerAtomic } = await leastProceeds(settings, offer, body.minProceedsAtomic)
    const struct = offerToChain(offer)
    const authorization = { from: offer.buyer, ...offerValidity(offer), signature }
    const data =
      payment === 'authorization'
        ? encodeFunctionData({
            abi: worksAbi,
            functionName: 'acceptOfferWithAuthorization',
            args: [struct, least, authorization],
          })
        : encodeFunctionData({
            abi: worksAbi,
            functionName: 'acceptOffer',
            args: [struct, signature, BigInt(quantity), least],
          })
    const call = { from, to: settings.ADDRESSES.works, data, what: 'accepting an offer' }
    return c.json(await prepare(settings, call, { proceedsAtomic: sellerAtomic }), 200)
  })
