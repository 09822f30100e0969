/** Would the ledger take this offer now? Its signature, its standing and its buyer's money, asked of the chain itself. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { offerCostAtomic, offerTypedData, offerValidity, type SignedOffer } from '@grimoire/schema/offer'
import { Problem } from '@grimoire/schema/problem'
import { type Hex, hashTypedData, zeroAddress } from 'viem'
import { asking, type Chain, chainOf } from './chain.ts'
import type { Settings } from './env.ts'
import { checkExpiry, checkPrice, leftOf, signedBy } from './order-check.ts'
import { paymentTypedData } from './trading/money.ts'

export type CheckedOffer = { digest: Hex; nowSeconds: number; leftQuantity: number }

export async function checkOffer(settings: Settings, signed: SignedOffer): Promise<CheckedOffer> {
  const { offer, signature } = signed
  const { chainId, works } = settings.ADDRESSES
  const order = { ...offer, name: 'offer', maker: offer.buyer }
  checkPrice(order)
  const chain = chainOf(settings)
  const nowSeconds = Number((await asking(chain.getBlock())).timestamp)
  checkExpiry(order, nowSeconds)
  const digest = hashTypedData(offerTypedData(offer, chainId, works))
  const signedHash = signed.payment === 'allowance' ? digest : await paymentHash(settings, signed, digest)
  if (!(await signedBy(chain, offer.buyer, signedHash, signature))) {
    throw new Problem('order_signature_invalid', {
      got: `a signature that ${offer.buyer} did not make`,
      expected: signed.payment === 'allowance' ? 'of the offer' : 'of the payment whose nonce is the offer',
    })
  }
  await checkWork(chain, settings, offer.workId)
  const leftQuantity = await leftOf(chain, settings, order)
  await checkMoney(chain, settings, signed, digest)
  return { digest, nowSeconds, leftQuantity }
}

/** What the buyer signed where one signature is offer and payment: the money's own digest. */
async function paymentHash(settings: Settings, { offer }: SignedOffer, nonce: Hex): Promise<Hex> {
  const payment = { from: offer.buyer, costAtomic: offerCostAtomic(offer), nonce, ...offerValidity(offer) }
  return hashTypedData(await paymentTypedData(settings, payment))
}

async function checkWork(chain: Chain, { ADDRESSES }: Settings, workId: string): Promise<void> {
  const call = { address: ADDRESSES.works, abi: worksAbi, functionName: 'creatorOf' } as const
  const creator = await asking(chain.readContract({ ...call, args: [BigInt(workId)] }))
  if (creator === zeroAddress) throw new Problem('work_unknown', { got: workId })
}

/** All of it for an authorization, which is taken whole; for one edition at least where it is taken in parts. */
async function checkMoney(
  chain: Chain,
  { ADDRESSES }: Settings,
  { offer, payment }: SignedOffer,
  digest: Hex,
): Promise<void> {
  const { buyer } = offer
  const money = { address: ADDRESSES.money, abi: moneyAbi } as const
  const [balance, allowed, used] = await asking(
    Promise.all([
      chain.readContract({ ...money, functionName: 'balanceOf', args: [buyer] }),
      chain.readContract({ ...money, functionName: 'allowance', args: [buyer, ADDRESSES.works] }),
      chain.readContract({ ...money, functionName: 'authorizationState', args: [buyer, digest] }),
    ]),
  )
  const whole = payment === 'authorization'
  if (whole && used) throw new Problem('order_cancelled', { got: 'a payment that was used or withdrawn' })
  const needed = whole ? offerCostAtomic(offer) : BigInt(offer.priceAtomic)
  const payable = whole || balance < allowed ? balance : allowed
  if (payable >= needed) return
  throw new Problem('funds_missing', { param: 'offer.buyer', got: payable, expected: `at least ${needed}` })
}
