/** What of JSON Schema an answer can be held to, and what is refused by name before anyone pays. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import type { JsonSchema } from '@grimoire/schema/tools'
import { historyOf } from './chat-format.ts'
import { requireGrammar } from './grammar.ts'
import { grammarSchema } from './json-schema.ts'

const strict = { param: 'p', strict: true }
const read = (schema: JsonSchema, strictly = true) => grammarSchema(schema, { param: 'p', strict: strictly })

test('nullable fields, lists, references, constants and any value become what the grammar knows', () => {
  assert.deepEqual(read({ type: ['string', 'null'], description: 'A name.' }), {
    oneOf: [{ type: 'string' }, { type: 'null' }],
  })
  const tree = {
    properties: {
      name: { const: 'leaf' },
      under: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 3 },
    },
    additionalProperties: false,
  }
  const expected = {
    type: 'object',
    properties: {
      name: { const: 'leaf' },
      under: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 3 },
    },
  }
  assert.deepEqual(read({ $ref: '#/$defs/tree', $defs: { tree } }), {
    oneOf: [{ $ref: '#/$defs/tree' }],
    $defs: { tree: expected },
  })
  assert.deepEqual(grammarSchema(undefined, strict), { type: 'object', additionalProperties: true })
})

test('what no grammar holds is refused when it was meant strictly, and left out when it was not', () => {
  const held = { type: 'string', pattern: '^a' }
  assert.throws(
    () => read(held),
    (error: unknown) => isProblem(error, 'field_unsupported') && error.details.param === 'p',
  )
  assert.deepEqual(read(held, false), { type: 'string' })
})

test('schemas that would grow without end, or go round, are refused', () => {
  let deep: JsonSchema = { type: 'null' }
  for (let at = 0; at < 40; at++) deep = { type: 'array', items: deep }
  const wide = {
    properties: Object.fromEntries(Array.from({ length: 1_200 }, (_, at) => [`p${at}`, { type: 'null' }])),
  }
  const cases: Record<string, JsonSchema> = {
    deep,
    wide,
    long: { enum: ['x'.repeat(70_000)] },
    repeated: { type: 'string', maxLength: 1e9 },
    round: { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } },
    nowhere: { $ref: '#/$defs/missing' },
    elsewhere: { $ref: 'https://example.org/schema' },
    negative: { type: 'array', minItems: -1 },
    strange: { type: 'colour' },
    broken: { type: 'object', properties: { a: 3 } },
  }
  for (const [name, schema] of Object.entries(cases)) {
    for (const strictly of [true, false])
      assert.throws(
        () => read(schema, strictly),
        (error: unknown) => isProblem(error, 'field_unsupported'),
        name,
      )
  }
})

test('definitions that share definitions are each read once, however many paths lead to them', () => {
  const layers = (count: number, width: number): JsonSchema => {
    const refs = (at: number) => Array.from({ length: width }, () => ({ $ref: `#/$defs/d${at}` }))
    const layer = (at: number) => [`d${at}`, at + 1 < count ? { anyOf: refs(at + 1) } : { type: 'null' }]
    return {
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries(Array.from({ length: count }, (_, at) => layer(at))),
    }
  }
  read(layers(200, 1))
  read(layers(4, 5))
  // Were every path walked, this would not end.
  for (const [count, width] of [
    [60, 2],
    [20, 40],
  ] as const)
    assert.throws(
      () => read(layers(count, width), false),
      (error: unknown) => isProblem(error, 'field_unsupported'),
    )
  const apart = { type: 'object', properties: { a: { $ref: '#/$defs/d1' }, b: { $ref: '#/$defs/d1' } } }
  const shared = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [
      `d${at}`,
      at < 59 ? JSON.parse(JSON.stringify(apart).replaceAll('d1', `d${at + 1}`)) : { type: 'null' },
    ]),
  )
  read({ $ref: '#/$defs/d0', $defs: shared })
})

test('a form and functions exclude each other, by name', () => {
  const offered = { tools: [{ name: 'f' }], choice: 'auto' as const, parallel: true }
  const sampling = { temperature: 0, stop: [], maxTokens: 4 }
  requireGrammar({ ...sampling, offered })
  requireGrammar({ ...sampling, form: {} })
  assert.throws(
    () => requireGrammar({ ...sampling, offered, form: {} }),
    (error: unknown) => isProblem(error, 'field_unsupported') && error.details.param === 'response_format',
  )
})

test('calls and their results are one answer that goes on; a new question begins another', () => {
  const [call, other] = [
    { id: '1', name: 'look', arguments: '{"at":"sea"}' },
    { id: '2', name: 'look', arguments: 'no' },
  ]
  const said = [
    { role: 'user' as const, content: 'Hi' },
    { role: 'assistant' as const, content: 'Well.', calls: [call, other] },
    { role: 'tool' as const, content: '"calm"', callId: '1' },
    { role: 'tool' as const, content: 'broken', callId: '2' },
  ]
  const history = historyOf(said)
  assert.equal(history.length, 2)
  const [, spoken] = history
  assert.ok(spoken?.type === 'model')
  const made = spoken.response.filter(part => typeof part === 'object' && part.type === 'functionCall')
  assert.deepEqual(
    made.map(part => [part.params, part.result]),
    [
      [{ at: 'sea' }, 'calm'],
      ['no', 'broken'],
    ],
  )
  const next = historyOf([
    ...said,
    { role: 'assistant', content: 'Calm.' },
    { role: 'user', content: 'And now?' },
  ])
  assert.deepEqual(
    next.map(({ type }) => type),
    ['user', 'model', 'user', 'model'],
  )
})
