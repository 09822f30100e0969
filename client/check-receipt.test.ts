/** A receipt that differs in anything from what this side sent and counted is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outputBytesOf, outputHash } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { isProblem } from '@grimoire/schema/problem'
import {
  type Receipt,
  receiptTypedData,
  type SignedReceipt,
  signedReceipt,
  splitOf,
} from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { checkReceipt, type ExpectedTurn } from './check-receipt.ts'

const operator = privateKeyToAccount(generatePrivateKey())
const other = privateKeyToAccount(generatePrivateKey())
const hash = (digit: string): Hex => `0x${digit.repeat(64)}`
const prices = {
  turnFeeAtomic: '10',
  inputPerMillionBytesAtomic: '500000',
  outputPerMillionBytesAtomic: '900000',
}
const sharing = { usageRoyaltyBps: 3_000, protocolFeeBps: 250, parentsBps: [1_000, 500] }
const output = 'Ahoy, señor 😀'
const bytes = { inputBytes: 21, outputBytes: utf8Bytes(output) }
const charge = chargeAtomic(prices, bytes)

const expected: ExpectedTurn = {
  chainId: 31337,
  works: '0x00000000000000000000000000000000000000aa',
  workId: '42',
  version: 2,
  operator: '0x00000000000000000000000000000000000000bb',
  paymentKey: operator.address,
  holder: '0x00000000000000000000000000000000000000cc',
  channelId: hash('1'),
  requestHash: hash('2'),
  inputBytes: bytes.inputBytes,
  output,
  prices,
  sharing,
  maxChargeAtomic: charge,
  beforeAtomic: 100n,
  baseModelSha256: '3'.repeat(64),
}
const { workId, version, chainId, works, holder, channelId, requestHash } = expected
const good: Receipt = {
  chainId,
  works,
  workId,
  version,
  operator: expected.operator,
  holder,
  channelId,
  requestHash,
  baseModelSha256: '3'.repeat(64),
  outputHash: outputHash(output),
  ...bytes,
  inputTokens: 9,
  outputTokens: 5,
  chargedAtomic: String(charge),
  cumulativeAtomic: String(100n + charge),
  split: splitOf(charge, sharing),
  engineBuild: 'llama.cpp b1',
  sequence: 3,
  previousHash: hash('7'),
  servedAtSeconds: 1_790_000_000,
}
const signed = async (receipt: Receipt, by = operator) => ({
  receipt,
  signature: await by.signTypedData(receiptTypedData(receipt)),
})

test('a true receipt passes', async () => {
  await checkReceipt(await signed(good), expected)
})

const call: ToolCall = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"up":"é"}' } }

test('calls are counted and hashed with the text: one that was added, dropped or altered is found', async () => {
  const outputBytes = outputBytesOf(output, [call])
  const calledCharge = chargeAtomic(prices, { inputBytes: 21, outputBytes })
  const charged = {
    ...{ chargedAtomic: String(calledCharge), cumulativeAtomic: String(100n + calledCharge) },
    split: splitOf(calledCharge, sharing),
  }
  const called = { ...good, outputBytes, outputHash: outputHash(output, [call]), ...charged }
  const turn = { ...expected, calls: [call], maxChargeAtomic: calledCharge }
  await checkReceipt(await signed(called), turn)
  const altered = { ...call, function: { name: 'lock', arguments: '{"up":"é"}' } }
  for (const calls of [[], [call, call], [altered]]) {
    await assert.rejects(checkReceipt(await signed(called), { ...turn, calls }), (error: unknown) =>
      isProblem(error, 'receipt_invalid'),
    )
  }
})

const lies: Partial<Receipt>[] = [
  { chainId: 1 },
  { works: holder },
  { workId: '43' },
  { version: 1 },
  { operator: holder },
  { holder: works },
  { channelId: hash('9') },
  { requestHash: hash('9') },
  { outputHash: hash('9') },
  { inputBytes: 22 },
  { outputBytes: bytes.outputBytes + 1 },
  { chargedAtomic: String(charge + 1n) },
  { cumulativeAtomic: String(101n + charge) },
  { baseModelSha256: '4'.repeat(64) },
  { split: splitOf(charge, { ...sharing, usageRoyaltyBps: 2_000 }) },
]

for (const lie of lies) {
  test(`a receipt whose ${Object.keys(lie)[0]} is not what this side knows is refused, though well signed`, async () => {
    await assert.rejects(checkReceipt(await signed({ ...good, ...lie }), expected), (error: unknown) => {
      assert.ok(isProblem(error, 'receipt_invalid'))
      assert.equal(error.details.param, Object.keys(lie)[0])
      return true
    })
  })
}

test('a receipt signed by anyone but the operator’s payment key is refused', async () => {
  await assert.rejects(checkReceipt(await signed(good, other), expected), (error: unknown) =>
    isProblem(error, 'receipt_invalid'),
  )
})

/** Every text and number of a value, with the same value after it was changed in that place. */
function* flips(value: unknown, put: (changed: unknown) => unknown): Generator<unknown> {
  if (typeof value === 'number') yield put(value ^ 1)
  else if (typeof value === 'string') {
    for (let at = 0; at < value.length; at++) {
      const flipped = String.fromCharCode(value.charCodeAt(at) ^ 1)
      yield put(value.slice(0, at) + flipped + value.slice(at + 1))
    }
  } else {
    for (const [name, part] of Object.entries(value as object)) {
      yield* flips(part, changed => put({ ...(value as object), [name]: changed }))
    }
  }
}

test('one flipped byte anywhere in a receipt, or in its signature, is found', async () => {
  const truth = await signed(good)
  let tried = 0
  for (const altered of flips(truth, changed => changed)) {
    const parsed = signedReceipt.safeParse(altered)
    // A letter's case in an address is not part of what it names, nor of what is signed.
    if (JSON.stringify(altered).toLowerCase() === JSON.stringify(truth).toLowerCase()) continue
    tried++
    if (!parsed.success) continue
    await assert.rejects(
      checkReceipt(altered as SignedReceipt, expected),
      (error: unknown) => isProblem(error, 'receipt_invalid'),
      JSON.stringify(altered),
    )
  }
  assert.ok(tried > 600, `${tried} flips`)
})

test('a charge above what the voucher allows is refused even when the formula agrees', async () => {
  const tight = { ...expected, maxChargeAtomic: charge - 1n }
  await assert.rejects(checkReceipt(await signed(good), tight), (error: unknown) =>
    isProblem(error, 'receipt_invalid'),
  )
})
