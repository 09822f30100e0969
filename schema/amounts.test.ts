/** Money arithmetic: no float, no loss, no unit invented. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatMoney, parseMoney, splitSale, splitUsage, toAtomic } from './amounts.ts'

test('a sum written out and read back is the same sum', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), sum => {
      assert.equal(parseMoney(formatMoney(sum)), sum)
      assert.equal(toAtomic(sum.toString()), sum)
    }),
  )
})

test('more decimals than the token has are refused, not rounded', () => {
  assert.throws(() => parseMoney('0.0000001'), /at most 6 decimals, got "0.0000001"/)
  for (const text of ['1e3', '-1', '', '1.', '.5', '0x10', 'NaN'])
    assert.throws(() => parseMoney(text), RangeError)
})

test('floats, signs and leading zeros are not sums', () => {
  for (const text of ['1.5', '-1', '01', '1e18', ' 1', '']) assert.throws(() => toAtomic(text))
})

test('every division of a payment adds up to it, to the last unit, and no part is negative', () => {
  const bps = (max: number) => fc.integer({ min: 0, max })
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 100n }),
      bps(5_000),
      bps(500),
      fc.array(bps(1_250), { maxLength: 4 }),
      (amount, usageRoyaltyBps, protocolFeeBps, parentsBps) => {
        const usage = splitUsage(amount, { usageRoyaltyBps, protocolFeeBps, parentsBps })
        const parts = [
          usage.protocolAtomic,
          usage.parentsTotalAtomic,
          usage.creatorAtomic,
          usage.operatorAtomic,
        ]
        assert.equal(
          parts.reduce((a, b) => a + b),
          amount,
        )
        assert.ok(parts.every(part => part >= 0n))
        const sale = splitSale(amount, { resaleRoyaltyBps: usageRoyaltyBps, protocolFeeBps })
        assert.equal(sale.royaltyAtomic + sale.feeAtomic + sale.sellerAtomic, amount)
      },
    ),
  )
})
