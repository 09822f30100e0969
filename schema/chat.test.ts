/** Counting and naming a turn: both sides must come to the same bytes, the same hash and the same charge. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keccak256, toBytes } from 'viem'
import { canonicalJson } from './canonical-json.ts'
import { chatRequest, inputBytesOf, outputBytesOf, outputHash, requestHash } from './chat.ts'
import { chargeAtomic, maxChargeAtomic, pricesWithin } from './price.ts'
import type { ToolCall } from './tools.ts'
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

const look: ToolCall = { id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":"añ"}' } }
const tools = [{ type: 'function' as const, function: { parameters: {}, name: 'look' } }]

test('calls, results, tools and a schema are counted as sent, each once, before and after they are parsed', () => {
  const request = {
    model: 'm',
    messages: [
      { role: 'assistant' as const, content: null, tool_calls: [look] },
      { role: 'tool' as const, tool_call_id: 'a', content: 'stars' },
    ],
    tools,
    response_format: { type: 'json_schema' as const, json_schema: { name: 's', schema: { type: 'object' } } },
  }
  const called = 'look'.length + '{"at":"añ"}'.length + 1
  const offered = '[{"function":{"name":"look","parameters":{}},"type":"function"}]'.length
  const schema = '{"name":"s","schema":{"type":"object"}}'.length
  assert.equal(inputBytesOf(request), called + 'stars'.length + offered + schema)
  assert.equal(inputBytesOf(chatRequest.parse(JSON.parse(JSON.stringify(request)))), inputBytesOf(request))
})

test('a result of a call that nobody made is refused, by its place', () => {
  const messages = [{ role: 'tool', tool_call_id: 'b', content: '' }]
  const parsed = chatRequest.safeParse({ model: 'm', messages })
  assert.deepEqual(parsed.error?.issues[0]?.path, ['messages', 0, 'tool_call_id'])
})

test('what was delivered is counted and named by its text and its calls, whatever their ids', () => {
  assert.equal(outputBytesOf('é', [look]), 2 + 4 + 12)
  assert.equal(outputHash('é'), keccak256(toBytes('é')))
  const named = outputHash('é', [look])
  assert.equal(named, '0x8c34c97b50a96d6e2de313865d3e7d6ba97feadb9715cbc7c8e502f4dfbd54a0')
  assert.equal(outputHash('é', [{ ...look, id: 'other' }]), named)
  const moved = { ...look, function: { name: 'loo', arguments: 'k{"at":"añ"}' } }
  for (const other of [
    outputHash('é'),
    outputHash('', [look]),
    outputHash('é', [look, look]),
    outputHash('é', [moved]),
  ])
    assert.notEqual(other, named)
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
