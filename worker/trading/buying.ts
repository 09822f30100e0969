/** A purchase as a transaction to send, or as a payment to sign. */
import type { Hex } from '@grimoire/schema/hex'
import type { Authorization } from '@grimoire/schema/purchase'
import { toHex } from 'viem'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'
import { AUTHORIZATION_SECONDS, paymentTypedData, requireAllowance, requireMoney } from './money.ts'
import { prepare } from './prepare.ts'
import type { Purchase } from './purchase.ts'
import { onTheWire } from './typed-data.ts'

export async function preparePurchase(
  settings: Settings,
  { purchase, from, authorization }: { purchase: Purchase; from: Hex; authorization?: Authorization },
) {
  const { costAtomic } = purchase
  if (authorization) await requireMoney(settings, authorization.from, costAtomic)
  else await requireAllowance(settings, from, costAtomic)
  const to = settings.ADDRESSES.works
  const call = { from, to, data: purchase.dataOf(authorization), what: 'buying editions' }
  return prepare(settings, call, { costAtomic })
}

/** The payment for a purchase, to be signed by whoever pays; good for an hour. */
export async function paymentFor(settings: Settings, purchase: Purchase, payer: Hex, recipient: Hex) {
  const { costAtomic } = purchase
  await requireMoney(settings, payer, costAtomic)
  const { timestamp } = await asking(chainOf(settings).getBlock())
  const salt = toHex(crypto.getRandomValues(new Uint8Array(32)))
  const validBeforeSeconds = Number(timestamp) + AUTHORIZATION_SECONDS
  const typedData = await paymentTypedData(settings, {
    from: payer,
    costAtomic,
    nonce: purchase.nonceOf(salt),
    validAfter: 0n,
    validBefore: BigInt(validBeforeSeconds),
  })
  return {
    typedData: onTheWire(typedData),
    authorization: { from: payer, salt, validAfterSeconds: 0, validBeforeSeconds },
    recipient,
    costAtomic: String(costAtomic),
  }
}
