/** Whether a payment's voucher is by a key, whatever sum it is for: who speaks, not what is paid. */
import { type Hex, hexData } from '@grimoire/schema/hex'
import { BATCH_SETTLEMENT_ADDRESS, BATCH_SETTLEMENT_DOMAIN, voucherTypes } from '@x402/evm'
import { verifyTypedData } from 'viem'
import { z } from 'zod'

const voucher = z.object({
  channelId: hexData,
  maxClaimableAmount: z.string().regex(/^\d{1,39}$/),
  signature: hexData,
})

export async function isVoucherBy(signer: Hex, payload: unknown, chainId: number): Promise<boolean> {
  const parsed = z.object({ voucher }).safeParse(payload)
  if (!parsed.success) return false
  const { channelId, maxClaimableAmount, signature } = parsed.data.voucher
  return verifyTypedData({
    address: signer,
    domain: { ...BATCH_SETTLEMENT_DOMAIN, chainId, verifyingContract: BATCH_SETTLEMENT_ADDRESS },
    types: voucherTypes,
    primaryType: 'Voucher',
    message: { channelId, maxClaimableAmount: BigInt(maxClaimableAmount) },
    signature,
  }).catch(() => false)
}
