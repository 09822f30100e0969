/** What of a work's files a question gets told: cut where a reader would cut, chosen by what is asked, always the same. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import type { Utterance } from '@grimoire/schema/utterance'
import { readOpened } from '../unseal/opened.ts'
import { Knowledge, sizeOf } from './knowledge.ts'
import { passagesOf } from './passages.ts'
import { questionOf } from './question.ts'
import { termsOf } from './terms.ts'
import { tellKnowledge } from './told.ts'

const asked = (...said: string[]) =>
  questionOf({ model: 'm', messages: said.map(content => ({ role: 'user' as const, content })) })

const FILLER = Array.from({ length: 60 }, (_, at) =>
  `## Room ${at}\n\nRoom number ${at} has a window to the ${at % 2 ? 'garden' : 'street'}, a table and a lamp. `.repeat(
    2,
  ),
)
const HANDBOOK = `# House\n\nWelcome to the house.\n\n${FILLER.slice(0, 30).join('\n\n')}\n\n## Cellar\n\nThe wine is kept in the cellar, and its door opens with the copper key.\n\n${FILLER.slice(30).join('\n\n')}\n`
const PRICES = `thing,coins\n${Array.from({ length: 200 }, (_, at) => `thing ${at},${at * 7}`).join('\n')}\nmarzipan,311\n`

test('a file is cut at headings and paragraphs, nothing of it is lost, and each passage knows what it stands under', () => {
  const passages = [...passagesOf(HANDBOOK, 'house.md')]
  const covered = new Set(
    passages.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at)),
  )
  const lost = [...HANDBOOK].filter((point, at) => !covered.has(at) && point.trim() !== '')
  assert.deepEqual(lost, [])
  assert.ok(passages.every(({ from, to }) => to - from <= 1_020 && to > from))
  const cellar = passages.find(({ from, to }) => HANDBOOK.slice(from, to).includes('copper key'))
  assert.match(cellar?.under ?? '', /^House/)
  assert.deepEqual(passages, [...passagesOf(HANDBOOK, 'house.md')])
})

test('text without any paragraph is cut behind sentences, a passage repeats the end of the one before, and no character is split', () => {
  const prose = Array.from({ length: 80 }, (_, at) => `Sentence ${at} tells of 🜁 number ${at * 3}.`).join(' ')
  const cut = [...passagesOf(prose, 'a.txt')].map(({ from, to }) => prose.slice(from, to))
  assert.ok(cut.length > 3)
  assert.ok(cut.every(one => one.isWellFormed()))
  assert.ok(cut.slice(0, -1).every(one => one.trimEnd().endsWith('.')))
  for (const [at, one] of cut.entries())
    if (at > 0) assert.ok(cut[at - 1]?.includes(one.slice(0, 20)), one.slice(0, 20))
  const solid = '🜁'.repeat(5_000)
  assert.ok([...passagesOf(solid, 'a.txt')].every(({ from, to }) => solid.slice(from, to).isWellFormed()))
})

test('a hash inside of code is no heading, and rows of a table stand under its first line', () => {
  const code = `# Real\n\n\`\`\`sh\n# a comment\nrun\n\`\`\`\n\n${'Words. '.repeat(120)}\n\nMore.\n`
  assert.ok([...passagesOf(code, 'a.md')].every(({ under }) => !under.includes('comment')))
  const rows = [...passagesOf(PRICES, 'prices.csv')]
  assert.ok(rows.length > 2)
  assert.ok(rows.slice(1).every(({ under }) => under === 'thing,coins'))
  assert.ok(
    rows.slice(1).every(({ from }) => PRICES[from - 1] === '\n'),
    'a row is never cut',
  )
})

test('words are folded, long ones are found by their beginning, and scripts without spaces go by pairs', () => {
  assert.deepEqual([...termsOf('The CAFÉ’s ﬁle')], ['the', 'cafe', 's', 'file'])
  const [prices, price] = [[...termsOf('prices')], [...termsOf('Price')]]
  assert.ok(prices.some(term => price.includes(term)))
  assert.deepEqual([...termsOf('東京タワー 333m')], ['東京', '京タ', 'タワ', 'ワー', '333m'])
  assert.deepEqual([...termsOf('서울')], [...termsOf('서울'.normalize('NFD'))])
})

test('a question gets the passage that answers it, in whatever script, with its file’s name and heading', async () => {
  const tokyo = `${'京都の寺はとても古い。静かな庭がある。\n\n'.repeat(60)}東京タワーの高さは三百三十三メートルです。\n`
  const knowledge = await Knowledge.open([
    { name: 'house.md', text: HANDBOOK },
    { name: 'prices.csv', text: PRICES },
    { name: 'tower.txt', text: tokyo },
  ])
  const found = (...said: string[]) => knowledge.excerpts(asked(...said), 1_200)
  const key = found('Which key opens the wine cellar?')
  assert.ok(key.some(({ file, text }) => file === 'house.md' && text.includes('copper key')))
  const marzipan = found('How much is marzipan?').find(({ text }) => text.includes('marzipan,311'))
  assert.deepEqual([marzipan?.file, marzipan?.under], ['prices.csv', 'thing,coins'])
  assert.ok(found('東京タワーの高さは?').some(({ text }) => text.includes('三百三十三')))
  assert.ok(found('Is there wine?', 'And where is it kept?').some(({ text }) => text.includes('copper key')))
  assert.deepEqual(found('zzz qqq'), [])
})

test('excerpts stay within their room, stand in the order of the files, and come out the same every time', async () => {
  const files = [
    { name: 'house.md', text: HANDBOOK },
    { name: 'prices.csv', text: PRICES },
  ]
  const [one, other] = [await Knowledge.open(files), await Knowledge.open(files)]
  const question = asked('Which room has a window to the garden, and what is thing 12?')
  for (const room of [200, 700, 2_000, 6_000]) {
    const excerpts = one.excerpts(question, room)
    assert.ok(excerpts.length > 0, String(room))
    assert.ok(excerpts.reduce((sum, excerpt) => sum + sizeOf(excerpt), 0) <= room)
    assert.deepEqual(excerpts, other.excerpts(question, room))
    const places = excerpts.map(
      ({ file, text }) => (file === 'house.md' ? 0 : 1e9) + HANDBOOK.indexOf(text.slice(0, 80)),
    )
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
  }
  const narrow = one.excerpts(asked('Which key opens the cellar?'), 170)
  assert.match(narrow[0]?.text ?? '', /copper key/)
})

test('files that fit are told whole; once wiped nothing of them is told, and nobody is answered without them', async () => {
  const small = [{ name: 'hours.md', text: 'Open from nine to five.' }]
  const knowledge = await Knowledge.open(small)
  assert.deepEqual(knowledge.excerpts(asked('Hello'), 400), [
    { file: 'hours.md', under: '', text: 'Open from nine to five.' },
  ])
  knowledge.wipe()
  assert.throws(() => knowledge.excerpts(asked('Hello'), 400), /just closed/)
})

/** Two tokens for three characters, and one for the message: dearer than is thought at first. */
const engineOf = (contextTokens: number) => ({
  facts: { contextTokens } as never, // Safety: nothing else is asked of it.
  count: async (messages: Utterance[]) =>
    messages.reduce((sum, { content }) => sum + 1 + Math.ceil(content.length / 1.5), 0),
})

test('a long conversation gets fewer excerpts, then none; they stand before the question and leave room for the answer', async () => {
  const knowledge = await Knowledge.open([{ name: 'house.md', text: HANDBOOK }])
  const system = { role: 'system' as const, content: 'You keep the house.' }
  const question = {
    role: 'user' as const,
    content: 'Which key opens the wine cellar, and which room has a window to the garden?',
  }
  const engine = engineOf(4_000)
  const sizes: number[] = []
  for (const past of [0, 3_000, 4_600, 4_950, 5_300]) {
    const messages: Utterance[] = [system, { role: 'assistant', content: 'x'.repeat(past) }, question]
    const tokens = await engine.count(messages)
    const sampling = { temperature: 0, stop: [], maxTokens: 400 }
    const ask = {
      messages,
      tokens,
      sampling,
      question: asked(question.content),
      go: 'before the question' as const,
    }
    const told = await tellKnowledge(engine, knowledge, ask)
    assert.ok((await engine.count(told.messages)) + 400 < 4_000 || told.quotable === '')
    sizes.push(told.quotable.length)
    if (told.quotable === '') assert.deepEqual(told.messages, messages)
    else {
      const roles = told.messages.map(({ role }) => role)
      assert.deepEqual(roles, ['system', 'assistant', 'system', 'user'])
      assert.match(
        told.messages[2]?.content ?? '',
        /<excerpt file="house\.md" under="House[^"]*">\n[^<]+\n<\/excerpt>/,
      )
    }
  }
  assert.deepEqual(
    sizes,
    sizes.toSorted((a, b) => b - a),
  )
  assert.deepEqual(
    [sizes.at(-1), (sizes[0] ?? 0) > 300, new Set(sizes).size > 2],
    [0, true, true],
    String(sizes),
  )
})

test('a part of another media type, as works had before this form, is carried and not told; one of this form is', async () => {
  const encode = (text: string) => new TextEncoder().encode(text)
  const data = { name: 'A', description: 'A guide.', first_mes: 'Hello.', system_prompt: 'You guide.' }
  const text = JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data })
  const card = {
    role: 'card' as const,
    name: 'card',
    mediaType: MEDIA_TYPES.chatbotCard,
    bytes: encode(text),
  }
  const opened = (mediaType: string, bytes: Uint8Array) =>
    readOpened({ kind: 'chatbot', language: 'en' }, [
      card,
      { role: 'knowledge', name: 'knowledge-1', mediaType, bytes },
    ])
  const any = new Uint8Array([0, 255, 1])
  assert.equal((await opened('application/pdf', any)).knowledge, undefined)
  await assert.rejects(opened(MEDIA_TYPES.knowledge, any))
  assert.ok((await opened(MEDIA_TYPES.knowledge, encode('a.md\nWords.'))).knowledge)
})
