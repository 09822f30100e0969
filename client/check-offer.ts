/** Would the ledger take this offer now? Signature, counter, nonce, expiry and the buyer's money, asked of the chain. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { authorizationTypedData } from '@grimoire/schema/money'
import { offerCostAtomic, offerTypedData, offerValidity, type SignedOffer } from '@grimoire/schema/offer'
import { Problem } from '@grimoire/schema/problem'
import { hashTypedData } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { allowanceOf, moneyDomain, moneyOf, requireMoney } from './money.ts'
import { leftOf } from './orders.ts'

/** Whether the signature is the buyer's: over the offer, or over the payment whose nonce is the offer's digest. */
async function isSigned(ledger: Ledger, { offer, payment, signature }: SignedOffer): Promise<boolean> {
  const { publicClient, addresses } = ledger
  const { buyer: address } = offer
  const typed = offerTypedData(offer, addresses.chainId, addresses.works)
  if (payment === 'allowance') return publicClient.verifyTypedData({ address, signature, ...typed })
  const paid = authorizationTypedData(await moneyDomain(ledger), {
    from: address,
    to: addresses.works,
    value: offerCostAtomic(offer),
    nonce: hashTypedData(typed),
    ...offerValidity(offer),
  })
  return publicClient.verifyTypedData({ address, signature, ...paid })
}

/** The token itself may have been told to forget the authorization, which the ledger does not see. */
async function requireUnused(ledger: Ledger, { offer }: SignedOffer): Promise<void> {
  const { publicClient, addresses } = ledger
  const nonce = hashTypedData(offerTypedData(offer, addresses.chainId, addresses.works))
  const used = await publicClient.readContract({
    address: addresses.money,
    abi: moneyAbi,
    functionName: 'authorizationState',
    args: [offer.buyer, nonce],
  })
  if (used) throw new Problem('order_cancelled', { got: 'an authorization that was used or withdrawn' })
}

/** How many of the editions left can be paid by what the buyer has and allows. */
async function paidFor(ledger: Ledger, { offer }: SignedOffer, left: number): Promise<number> {
  const price = BigInt(offer.priceAtomic)
  if (price === 0n) return left
  const sums = await Promise.all([
    moneyOf(ledger, offer.buyer),
    allowanceOf(ledger, offer.buyer, ledger.addresses.works),
  ])
  const payable = Math.min(left, ...sums.map(sum => Number(sum / price)))
  if (payable > 0) return payable
  throw new Problem('funds_missing', { got: sums.join(' held, allowed '), expected: `${price} of the buyer` })
}

/** How many editions can be sold to this offer now; throws the reason for which the ledger would take none. */
export async function checkOffer(ledger: Ledger, signed: SignedOffer): Promise<number> {
  const { offer, payment } = signed
  const genuine = await isSigned(ledger, signed).catch(error => {
    throw ledgerProblem(error, 'checking an offer')
  })
  if (!genuine) throw new Problem('order_signature_invalid', { expected: `a signature of ${offer.buyer}` })
  const left = await leftOf(ledger, { ...offer, maker: offer.buyer })
  if (payment === 'allowance') return paidFor(ledger, signed, left)
  await requireUnused(ledger, signed)
  await requireMoney(ledger, offer.buyer, offerCostAtomic(offer))
  return left
}
