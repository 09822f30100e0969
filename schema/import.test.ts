/** What other programs' files become in the studio: taken as far as a chat here can use them, the rest named, traps refused. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { composeChat, parseCard } from './card.ts'
import { cardSource, cardSourceV2, importCard } from './card-import.ts'
import { isPng, readCardPng, writeCardPng } from './card-png.ts'
import { checkAdapterHead, readGgufHead } from './gguf-header.ts'
import { importModelfile, looksLikeModelfile } from './modelfile.ts'
import { isProblem } from './problem.ts'

const refused = (code: 'import_invalid' | 'adapter_unfit') => (error: unknown) =>
  isProblem(error, code) || assert.fail(String(error))

const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text))
const base64 = (text: string) => Buffer.from(text).toString('base64')

const V2 = {
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: {
    name: 'Mira',
    first_mes: 'Fresh bread!',
    system_prompt: 'You are {{char}}. {{random:a,b}}',
    tags: ['baker'],
    alternate_greetings: ['Hello'],
    extensions: { depth_prompt: { depth: 4 }, grimoire: { generation: { temperature: 9 } } },
    assets: [{ type: 'icon', uri: 'https://evil.example/p.png', name: 'main', ext: 'png' }],
    character_book: {
      scan_depth: 3,
      entries: [
        {
          keys: ['bread'],
          content: 'Bread costs 4 coins.',
          enabled: true,
          insertion_order: 1,
          extensions: {},
        },
        { keys: ['(a+)+$'], content: 'trap', enabled: true, insertion_order: 2, use_regex: true },
        { keys: ['/(a+)+$/i'], content: 'trap', enabled: true, insertion_order: 3 },
        { keys: 'no list', content: 'odd' },
      ],
    },
  },
}

/** The smallest PNG: one grey point. */
const PNG = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  ),
)

function withChunk(type: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const chunk = Buffer.alloc(12 + body.length)
  chunk.writeUInt32BE(body.length)
  chunk.write(type, 4, 'latin1')
  chunk.set(body, 8)
  const end = PNG.length - 12
  return new Uint8Array(Buffer.concat([PNG.subarray(0, end), chunk, PNG.subarray(end)]))
}

test('a card of version 2 is taken with its unknown fields, and each thing that is left out is named', () => {
  const { taken, left } = importCard(JSON.stringify(V2))
  assert.equal(taken.name, 'Mira')
  assert.deepEqual(taken.alternate_greetings, ['Hello'])
  assert.equal(taken.assets, undefined)
  assert.equal(taken.character_book?.entries.length, 1)
  const told = left.join('\n')
  for (const word of [
    'assets',
    'entry 2',
    'entry 3',
    'entry 4',
    'random',
    'depth_prompt',
    'extensions.grimoire',
  ])
    assert.match(told, new RegExp(word), told)
  const [system] = composeChat(parseCard(cardSource(taken)), [{ role: 'user', content: 'some bread' }])
  assert.match(system?.content ?? '', /You are Mira[\s\S]*Bread costs 4 coins/)
})

test('cards of version 1 and of a version after 3 are read, and a card goes out and in again unchanged', () => {
  assert.equal(importCard('{"name":"Old","first_mes":"Hi"}').taken.first_mes, 'Hi')
  const later = { spec: 'chara_card_v3', spec_version: '3.9', data: { name: 'New', 'x-other': { a: 1 } } }
  const { taken } = importCard(JSON.stringify(later))
  assert.deepEqual(taken['x-other'], { a: 1 })
  for (const source of [cardSource(taken), cardSourceV2(taken)]) {
    const again = importCard(source).taken
    assert.equal(again.name, 'New')
    assert.deepEqual(again['x-other'], { a: 1 })
  }
})

test('texts that are no card are refused by name', () => {
  const bad = ['', '[]', 'null', '"x"', '{', '{"spec":"chara_card_v2"}', '{"data":{}}', '{"name":7}']
  const hostile = ['{"name":""}', `{"name":"${'x'.repeat(200)}"}`, '['.repeat(60_000), 'x'.repeat(300_000)]
  for (const text of [...bad, ...hostile]) assert.throws(() => importCard(text), refused('import_invalid'))
  importCard('{"name":"P","__proto__":{"polluted":1}}')
  assert.equal(Object.getOwnPropertyDescriptor(Object.prototype, 'polluted'), undefined)
})

test('a picture gives its card from plain, packed and international text; version 3 goes first', async () => {
  const card = JSON.stringify(V2)
  const text = utf8(base64(card))
  const key = utf8('chara\0')
  const plain = withChunk('tEXt', Buffer.concat([key, text]))
  const packed = withChunk('zTXt', Buffer.concat([key, utf8('\0'), deflateSync(text)]))
  const wide = withChunk('iTXt', Buffer.concat([key, utf8('\0\0\0\0'), text]))
  const widePacked = withChunk('iTXt', Buffer.concat([key, utf8('\u0001\0\0\0'), deflateSync(text)]))
  for (const picture of [plain, packed, wide, widePacked]) assert.equal(await readCardPng(picture), card)
  const both = writeCardPng(plain, { ccv3: '{"name":"Zoë v3"}', chara: '{"name":"Zoë v2"}' })
  assert.equal(await readCardPng(both), '{"name":"Zoë v3"}')
  assert.equal(Buffer.from(both).toString('latin1').split('chara\0').length, 2)
  assert.ok(isPng(both))
})

test('pictures that lie about their lengths, unpack without end or hold no card are refused', async () => {
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024))
  const long = withChunk('tEXt', utf8('chara\0AAAA'))
  long.set([0xff, 0xff, 0xff, 0xff], PNG.length - 12)
  const hostile = [
    new Uint8Array(),
    utf8('GIF89a'),
    PNG,
    PNG.slice(0, 30),
    long,
    withChunk('tEXt', utf8('chara\0%%% not base64 %%%')),
    withChunk('tEXt', utf8(`chara\0${Buffer.from([0xff, 0xfe]).toString('base64')}`)),
    withChunk('zTXt', Buffer.concat([utf8('ccv3\0\0'), bomb])),
    withChunk('zTXt', utf8('ccv3\0\0no zlib')),
    withChunk('iTXt', utf8('ccv3')),
  ]
  for (const picture of hostile) await assert.rejects(readCardPng(picture), refused('import_invalid'))
})

test('a Modelfile becomes prompt, examples and settings; what belongs to a machine is named', () => {
  const source = `# a baker
FROM llama3.2
PARAMETER temperature 0.4
PARAMETER num_predict 64
PARAMETER stop "<|end|>"
PARAMETER num_ctx 4096
SYSTEM """You are Mira.
You bake."""
TEMPLATE "{{ .System }}"
ADAPTER ./mira.gguf
LICENSE MIT
MESSAGE user Is there bread?
MESSAGE assistant "Always."
message system hidden`
  assert.ok(looksLikeModelfile(source))
  const { taken, left, baseName, licence } = importModelfile(source, 'Mira')
  assert.equal(taken.system_prompt, 'You are Mira.\nYou bake.')
  assert.equal(taken.mes_example, '<START>\n{{user}}: Is there bread?\n{{char}}: Always.')
  assert.deepEqual(taken.extensions?.grimoire?.generation, {
    temperature: 0.4,
    maxTokens: 64,
    stop: ['<|end|>'],
  })
  assert.deepEqual([baseName, licence], ['llama3.2', 'MIT'])
  for (const word of ['num_ctx', 'TEMPLATE', 'ADAPTER', 'FROM', 'MESSAGE of system'])
    assert.ok(
      left.some(line => line.includes(word)),
      word,
    )
  for (const bad of ['RUN rm -rf /', 'FROM x\nSYSTEM """open', 'x'.repeat(300_000)])
    assert.throws(() => importModelfile(bad, 'x'), refused('import_invalid'))
})

test('the head of an adapter says what it is before anything is sent; models, others and broken files are refused', () => {
  const folder = new URL('../inference-node/demo-model/', import.meta.url)
  const adapter = new Uint8Array(readFileSync(new URL('pirate.gguf', folder)))
  const head = readGgufHead(adapter.subarray(0, 65_536))
  assert.equal(head.adapterType, 'lora')
  checkAdapterHead(head, { sizeBytes: adapter.length })
  const sizeBytes = 10
  const named = { ...head, baseSha256: 'a'.repeat(64) }
  assert.throws(
    () => checkAdapterHead(named, { sizeBytes, baseSha256: 'b'.repeat(64) }),
    refused('adapter_unfit'),
  )
  for (const part of [{ type: 'model' }, { adapterType: 'ip' }, { architecture: '' }, { tensors: 0 }])
    assert.throws(() => checkAdapterHead({ ...head, ...part }, { sizeBytes }), refused('adapter_unfit'))
  const lying = adapter.slice(0, 4_096)
  lying.fill(0xff, 8, 24)
  for (const bytes of [new Uint8Array(), utf8('GGUF'), utf8('PK\u0003\u0004'), adapter.slice(0, 90), lying])
    assert.throws(() => readGgufHead(bytes), refused('adapter_unfit'))
})
