/** Offering to buy editions of a work: one signature and no gas; nothing is paid until a holder accepts. */
import type { Hex } from '@grimoire/schema/hex'
import {
  type Offer,
  offer,
  offerCostAtomic,
  offerTypedData,
  offerValidity,
  type PAYMENTS,
  type SignedOffer,
} from '@grimoire/schema/offer'
import { hashTypedData } from 'viem'
import { ledgerWork } from './ledger-work.ts'
import type { Ledger } from './market.ts'
import { allow, authorize, requireMoney } from './money.ts'
import { counterOf, orderEnd } from './orders.ts'
import { randomBytes32, signing, type Wallet } from './wallet.ts'

export type MakeOffer = {
  wallet: Wallet
  workId: string
  quantity?: number
  /** For one edition: all that the buyer pays for it. Royalty and fee come out of it. */
  priceAtomic: bigint
  /** At most 30 days; a week without it. */
  lastsSeconds?: number
  /** Chosen at random without it. */
  nonce?: bigint
  /**
   * `authorization` (the default): the signature is offer and payment at once, and the offer is accepted whole.
   * `allowance`: the ledger is allowed the sum first, which is a transaction, and the offer may be accepted in parts.
   */
  payBy?: (typeof PAYMENTS)[number]
}

/** Signs an offer: whoever holds the work and sees it may accept. The money stays in the buyer's purse until then. */
export async function makeOffer(ledger: Ledger, options: MakeOffer): Promise<SignedOffer> {
  const { wallet, workId, quantity = 1, priceAtomic, payBy: payment = 'authorization' } = options
  const buyer: Hex = wallet.account.address
  const [counter, expiresAtSeconds] = await Promise.all([
    counterOf(ledger, buyer),
    orderEnd(ledger, options.lastsSeconds),
    ledgerWork(ledger, workId),
  ])
  const value: Offer = offer.parse({
    buyer,
    workId,
    quantity,
    priceAtomic: String(priceAtomic),
    nonce: String(options.nonce ?? BigInt(randomBytes32())),
    counter: String(counter),
    expiresAtSeconds,
  })
  const { chainId, works } = ledger.addresses
  const typed = offerTypedData(value, chainId, works)
  const valueAtomic = offerCostAtomic(value)
  await requireMoney(ledger, buyer, valueAtomic)
  if (payment === 'allowance') {
    await allow(ledger, { wallet, spender: works, amountAtomic: valueAtomic })
    const signature = await signing(wallet.signTypedData({ account: wallet.account, ...typed }))
    return { offer: value, payment, signature }
  }
  const nonce = hashTypedData(typed)
  const validity = offerValidity(value)
  const { signature } = await authorize(ledger, { wallet, to: works, valueAtomic, nonce, validity })
  return { offer: value, payment, signature }
}
