/** The receipts of one channel as a chain: each names the one before it, so that none can be left out or made up later. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { NO_RECEIPT, type Receipt, receiptHash } from '@grimoire/schema/receipt'
import { z } from 'zod'
import type { PaymentStore } from './payment-store.ts'

const link = z.object({ sequence: z.number().int().min(0), hash: z.string().regex(/^0x[0-9a-f]{64}$/) })
/** The last receipt that this side has seen of a channel. */
export type ReceiptLink = { sequence: number; hash: Hex }

export const NO_LINK: ReceiptLink = { sequence: 0, hash: NO_RECEIPT }

/**
 * `follows` is the next one. `skips` leaves out turns that this side left before their receipts came. `restarts` is a
 * node that lost its book and says so: what it charges is held against this side's own sum all the same. `late` is one
 * that was taken up after a later turn had been accepted: the sum of that one holds its charge already.
 */
export type Following = 'follows' | 'skips' | 'restarts' | 'late'

const wrong = (param: string, got: unknown, expected: unknown): never => {
  throw new Problem('receipt_invalid', { param, got: { [param]: got }, expected })
}

/** How a receipt follows the last one seen. `maySkip`: some turn of ours ended without a receipt. */
export function followReceipt(
  last: ReceiptLink,
  receipt: Receipt,
  maySkip: boolean,
): Exclude<Following, 'late'> {
  const { sequence, previousHash } = receipt
  if (sequence === last.sequence + 1) {
    return previousHash === last.hash ? 'follows' : wrong('previousHash', previousHash, last.hash)
  }
  if (sequence > last.sequence && (maySkip || last.sequence === 0)) return 'skips'
  if (sequence === 1 && previousHash === NO_RECEIPT) return 'restarts'
  return wrong('sequence', sequence, last.sequence + 1)
}

export const linkOf = (receipt: Receipt): ReceiptLink => ({
  sequence: receipt.sequence,
  hash: receiptHash(receipt),
})

/** Kept receipts of one channel, oldest first: `receipt_invalid` where one does not follow the one before it. */
export function checkReceiptChain(receipts: readonly Receipt[]): void {
  for (const [at, receipt] of receipts.entries()) {
    const before = receipts[at - 1]
    if (!before) continue
    if (receipt.channelId !== before.channelId) wrong('channelId', receipt.channelId, before.channelId)
    followReceipt(linkOf(before), receipt, false)
    const cumulative = BigInt(before.cumulativeAtomic) + BigInt(receipt.chargedAtomic)
    if (BigInt(receipt.cumulativeAtomic) !== cumulative) {
      wrong('cumulativeAtomic', receipt.cumulativeAtomic, cumulative)
    }
  }
}

const linkKey = (channelId: Hex) => `last-receipt:${channelId.toLowerCase()}`

export async function readLink(store: PaymentStore, channelId: Hex): Promise<ReceiptLink> {
  const text = await store.get(linkKey(channelId))
  if (text === undefined) return NO_LINK
  const { sequence, hash } = link.parse(JSON.parse(text))
  return { sequence, hash: hash as Hex } // Safety: the pattern just held.
}

export const writeLink = (store: PaymentStore, channelId: Hex, last: ReceiptLink): Promise<void> =>
  store.set(linkKey(channelId), JSON.stringify(last))
