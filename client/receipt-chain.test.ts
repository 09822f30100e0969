/** Receipts that were left out, made up or put in another order do not follow one another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Hex } from '@grimoire/schema/hex'
import { isProblem } from '@grimoire/schema/problem'
import { NO_RECEIPT, type Receipt, receiptHash, splitOf } from '@grimoire/schema/receipt'
import { memoryStore } from './payment-store.ts'
import { checkReceiptChain, followReceipt, linkOf, NO_LINK, readLink, writeLink } from './receipt-chain.ts'

const hex = (digit: string, bytes: number): Hex => `0x${digit.repeat(2 * bytes)}`

function receiptAfter(before: Receipt | null, charged = 5n): Receipt {
  return {
    ...{ chainId: 31_337, works: hex('a', 20), workId: '1', version: 1, operator: hex('b', 20) },
    ...{ holder: hex('c', 20), channelId: hex('d', 32), baseModelSha256: 'e'.repeat(64) },
    ...{ engineBuild: 'llama.cpp b1', requestHash: hex('1', 32), outputHash: hex('2', 32) },
    ...{ inputBytes: 1, outputBytes: 2, inputTokens: 3, outputTokens: 4 },
    chargedAtomic: String(charged),
    cumulativeAtomic: String(BigInt(before?.cumulativeAtomic ?? '0') + charged),
    split: splitOf(charged, { usageRoyaltyBps: 2_000, protocolFeeBps: 250, parentsBps: [] }),
    sequence: (before?.sequence ?? 0) + 1,
    previousHash: before ? receiptHash(before) : NO_RECEIPT,
    servedAtSeconds: 1_790_000_000,
  }
}

const first = receiptAfter(null)
const second = receiptAfter(first)
const third = receiptAfter(second)
const refusedFor = (param: string) => (error: unknown) =>
  isProblem(error, 'receipt_invalid') && error.details.param === param

test('receipts in their order pass; one left out, swapped or changed in a charge is found', () => {
  checkReceiptChain([first, second, third])
  assert.throws(() => checkReceiptChain([first, third]), refusedFor('sequence'))
  assert.throws(() => checkReceiptChain([second, first, third]), refusedFor('cumulativeAtomic'))
  const altered = { ...second, chargedAtomic: '6', cumulativeAtomic: '11' }
  assert.throws(() => checkReceiptChain([first, altered, third]), refusedFor('previousHash'))
  const elsewhere = { ...second, channelId: hex('9', 32) }
  assert.throws(() => checkReceiptChain([first, elsewhere]), refusedFor('channelId'))
})

test('a later receipt follows the last one seen, skips only turns that ended without one, and says when its node lost its book', () => {
  assert.equal(followReceipt(NO_LINK, first, false), 'follows')
  assert.equal(followReceipt(linkOf(first), second, false), 'follows')
  assert.equal(followReceipt(linkOf(first), third, true), 'skips')
  assert.equal(followReceipt(NO_LINK, third, false), 'skips')
  assert.equal(followReceipt(linkOf(third), first, false), 'restarts')
  assert.throws(() => followReceipt(linkOf(first), third, false), refusedFor('sequence'))
  assert.throws(() => followReceipt(linkOf(second), second, true), refusedFor('sequence'))
  const forked = { ...second, previousHash: hex('7', 32) }
  assert.throws(() => followReceipt(linkOf(first), forked, true), refusedFor('previousHash'))
})

test('the last receipt of a channel is remembered with the store', async () => {
  const store = memoryStore()
  assert.deepEqual(await readLink(store, first.channelId), NO_LINK)
  await writeLink(store, first.channelId, linkOf(first))
  assert.deepEqual(await readLink(store, first.channelId), linkOf(first))
})
