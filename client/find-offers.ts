/** Offers at the edge: posting a signed one, and reading those of others, each checked as its seller would. */
import { offersPage } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { SignedOffer } from '@grimoire/schema/offer'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { checkOffer } from './check-offer.ts'
import { edgeOf } from './edge.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'

/** Shows an offer to those who hold the work. It is good without that, wherever a holder sees it. */
export async function postOffer(market: Market, signed: SignedOffer): Promise<void> {
  await requestJson(edgeOf(market), '/v1/offers', { method: 'POST', json: signed, schema: z.unknown() })
}

const STALE = ['order_cancelled', 'order_expired', 'funds_missing'] as const

export type FoundOffer = SignedOffer & {
  /** How many editions can be sold to it now. */
  leftQuantity: number
}

/** The offers that could be accepted now, the best first. What went stale is left out; a forged one is a lie. */
export async function findOffers(
  market: Market,
  { workId, buyer }: { workId?: string; buyer?: Hex } = {},
): Promise<FoundOffer[]> {
  const parameters = new URLSearchParams()
  if (workId) parameters.set('workId', workId)
  if (buyer) parameters.set('buyer', buyer)
  const { offers } = await requestJson(edgeOf(market), `/v1/offers?${parameters}`, { schema: offersPage })
  const checked = await Promise.all(
    offers.map(async row => {
      const { offer, payment, signature } = row
      if ((workId && offer.workId !== workId) || (buyer && !sameAddress(offer.buyer, buyer))) {
        throw new Problem('edge_lied', { got: offer, expected: { workId, buyer } })
      }
      try {
        return { offer, payment, signature, leftQuantity: await checkOffer(market, row) }
      } catch (error) {
        if (STALE.some(code => isProblem(error, code))) return null
        if (!isProblem(error, 'order_signature_invalid')) throw error
        throw new Problem('edge_lied', { got: offer, expected: 'an offer signed by its buyer', cause: error })
      }
    }),
  )
  return checked.filter(row => row !== null)
}
