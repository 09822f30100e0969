/** A receipt that differs in anything from what this side sent and counted is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outputHash } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { isProblem } from '@grimoire/schema/problem'
import { type Receipt, receiptTypedData } from '@grimoire/schema/receipt'
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
  servedAtSeconds: 1_790_000_000,
}
const signed = async (receipt: Receipt, by = operator) => ({
  receipt,
  signature: await by.signTypedData(receiptTypedData(receipt)),
})

test('a true receipt passes', async () => {
  await checkReceipt(await signed(good), expected)
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

test('a charge above what the voucher allows is refused even when the formula agrees', async () => {
  const tight = { ...expected, maxChargeAtomic: charge - 1n }
  await assert.rejects(checkReceipt(await signed(good), tight), (error: unknown) =>
    isProblem(error, 'receipt_invalid'),
  )
})
