/** Counting and naming a turn: both sides must come to the same bytes, the same hash and the same charge. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './canonical-json.ts'
import { inputBytesOf, requestHash } from './chat.ts'
import { chargeAtomic, maxChargeAtomic, pricesWithin } from './price.ts'
import { terms } from './work.ts'

test('the order of fields does not change the name of a request, any value does', () => {
  const a = requestHash({ model: 'm', messages: [{ role: 'user', content: 'é' }] })
  assert.equal(requestHash({ messages: [{ content: 'é', role: 'user' }], model: 'm' }), a)
  assert.notEqual(requestHash({ messages: [{ content: 'e', role: 'user' }], model: 'm' }), a)
})

test('canonical JSON survives a round trip through any JSON parser', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = canonicalJson(value)
      assert.equal(canonicalJson(JSON.parse(text)), text)
    }),
  )
})

test('text is counted in UTF-8 bytes, parts and plain strings alike', () => {
  const plain = inputBytesOf({ messages: [{ role: 'user', content: 'añ😀' }] })
  const parts = inputBytesOf({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'añ' },
          { type: 'text', text: '😀' },
        ],
      },
    ],
  })
  assert.equal(plain, 1 + 2 + 4)
  assert.equal(parts, plain)
  assert.equal(
    inputBytesOf({ messages: [{ role: 'user', content: '' }], grimoire: { input: { b: 1, a: 'x' } } }),
    15,
  )
})

const price = {
  turnFeeAtomic: '100',
  inputPerMillionBytesAtomic: '250000',
  outputPerMillionBytesAtomic: '1000000',
}

test('a charge never exceeds what was asked for beforehand, and grows with what is delivered', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e5), fc.nat(1e5), (inputBytes, some, more) => {
      const now = chargeAtomic(price, { inputBytes, outputBytes: some })
      const later = chargeAtomic(price, { inputBytes, outputBytes: some + more })
      assert.ok(now <= later)
      assert.ok(later <= maxChargeAtomic(price, inputBytes, some + more))
    }),
  )
  assert.equal(chargeAtomic(price, { inputBytes: 1, outputBytes: 0 }), 101n)
})

test('an operator can ask less than the creator allows, never more', () => {
  const work = terms.parse({
    kind: 'chatbot',
    disclosure: 'sealed',
    admission: 'listed',
    editionCap: 1,
    priceAtomic: '0',
    resaleRoyaltyBps: 0,
    usageRoyaltyBps: 0,
    maxTurnFeeAtomic: '50',
    maxInputPerMillionBytesAtomic: '900000',
    maxOutputPerMillionBytesAtomic: '900000',
  })
  assert.deepEqual(pricesWithin(price, work), {
    turnFeeAtomic: '50',
    inputPerMillionBytesAtomic: '250000',
    outputPerMillionBytesAtomic: '900000',
  })
})
