/** What the guard keeps back and what it lets flow; a small part of `npm run proof -- leak`, in seconds. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { HiddenText } from './hidden.ts'
import { HolderMemory, Memories } from './memory.ts'
import { honestAnswer, honestAnswerIn, LANGUAGE_NAMES } from './trial/benign.ts'
import { chance } from './trial/chance.ts'
import { FIRST_SEEN } from './trial/first-seen.ts'
import { HELD_OUT } from './trial/held-out.ts'
import { LISTED, VERBATIM } from './trial/listed.ts'
import { SECOND_SEEN } from './trial/second-seen.ts'
import { secrets } from './trial/secrets.ts'
import { converse, MULTI_TURN } from './trial/sessions.ts'
import { answerUnderGuard, recital } from './trial/trial.ts'
import { GuardedAnswer } from './watch.ts'

const hide = (text: string, outputKinds?: string[], language = 'en') => {
  const hidden = HiddenText.of({ passages: [text], language, ...(outputKinds ? { outputKinds } : {}) })
  assert.ok(hidden)
  return hidden
}
const cases = secrets(4, 7).map(secret => ({ ...secret, hidden: hide(secret.text) }))
const [first] = cases
assert.ok(first)

test('a recital is stopped within 40 of the secret’s characters, verbatim and in every listed encoding', () => {
  for (const [name, encode] of Object.entries({ ...VERBATIM, ...LISTED })) {
    for (const { hidden, text } of cases) {
      const { caught, secretChars } = recital(hidden, text, encode(text))
      assert.ok(caught && secretChars <= 40, `${name}: ${caught ? secretChars : 'not stopped'}`)
    }
  }
})

test('words in steps, at the heads of sentences or turned about, and text without vowels, give away no more than that', () => {
  const { 'pig latin': turned, 'vowels left out': bare, 'every third word': spaced } = FIRST_SEEN
  const { 'first word of each sentence': heads, 'neighbouring words swapped': swapped } = SECOND_SEEN
  for (const [name, encode] of Object.entries({ turned, bare, spaced, heads, swapped })) {
    for (const { hidden, text } of cases) {
      const { caught, secretChars } = recital(hidden, text, encode?.(text) ?? text)
      assert.ok(caught && secretChars <= 40, `${name}: ${caught ? secretChars : 'not stopped'}`)
    }
  }
  const everySecond = (text: string) =>
    text
      .split(' ')
      .filter((_, at) => at % 2 === 1)
      .join(' ')
  for (const { hidden, text } of cases) assert.ok(recital(hidden, text, everySecond(text)).caught)
})

test('most encodings that the guard was not written for are stopped too', () => {
  const all = Object.values(HELD_OUT).flatMap(encode =>
    cases.map(({ hidden, text }) => recital(hidden, text, encode(text)).caught),
  )
  assert.ok(all.filter(Boolean).length / all.length >= 0.85)
})

test('honest answers pass, those about the prompt’s own world and in declared kinds included', () => {
  const dice = chance(3)
  let stopped = 0
  for (let at = 0; at < 240; at++) {
    const { hidden, persona } = cases[at % cases.length] ?? first
    if (answerUnderGuard(hidden, honestAnswer(dice, persona)).caught) stopped++
  }
  assert.ok(stopped <= 1, `${stopped} of 240 honest answers were stopped`)
  for (const language of LANGUAGE_NAMES) {
    const hidden = hide(first.text, ['text', language])
    for (let at = 0; at < 10; at++) {
      assert.equal(answerUnderGuard(hidden, honestAnswerIn(language, dice)).caught, false, language)
    }
  }
})

test('code and JSON are stopped where only text is declared, and pass where they are', () => {
  const code = `${'export const isSafe = (value) => Number.isSafeInteger(value) && value >= 0\n'.repeat(3)}
for (const [key, row] of Object.entries(table)) { if (!row.at(-1)) continue; sum[key] ??= fn(row) }\n`
  const json = JSON.stringify(
    {
      kind: 'a',
      rows: [
        { id: 7, x: 1.5, y: null },
        { id: 8, x: -2, y: 'z' },
      ],
    },
    null,
    2,
  )
  assert.equal(answerUnderGuard(hide(first.text, ['text', 'code']), code).caught, false)
  assert.equal(answerUnderGuard(hide(first.text, ['text', 'json']), json).caught, false)
  assert.equal(answerUnderGuard(hide(first.text), code.repeat(3)).caught, true)
})

test('text that shares nothing with the secret flows at once, piece by piece', () => {
  const guarded = new GuardedAnswer(first.hidden)
  const pieces = 'Yes, you can freeze it. Let it cool first, and leave the lids loose.'.match(/.{1,4}/g) ?? []
  for (const piece of pieces) assert.equal(guarded.push(piece), piece)
})

test('a passage waits while it agrees with the secret, goes out when it ends short, and never when it goes on', () => {
  const passage = first.text.slice(20, 48)
  const short = new GuardedAnswer(first.hidden)
  const before = short.push('It is said: ')
  assert.equal(before, 'It is said: ')
  const during = [...passage].map(point => short.push(point)).join('')
  assert.ok(during.length < 14, `${during.length} characters went out while the passage still went on`)
  assert.equal(
    during + short.push('. Nothing else is known') + short.end(),
    `${passage}. Nothing else is known`,
  )
  const long = answerUnderGuard(first.hidden, first.text.slice(20, 100))
  assert.ok(long.caught && long.out.length < 14)
})

test('what a holder had in earlier turns counts: parts are stopped as the whole is, and then the holder pauses', () => {
  for (const name of ['60 characters in each turn', 'a sentence in each turn', 'ten words in each turn']) {
    const session = MULTI_TURN[name]
    assert.ok(session)
    const { secretChars, paused } = converse(first.hidden, first, session, 1)
    assert.ok(
      paused && secretChars < first.text.length / 4,
      `${name}: ${secretChars} of ${first.text.length}`,
    )
  }
})

test('thirty honest turns of one holder neither stop nor pause', () => {
  const [memory, dice] = [new HolderMemory(), chance(11)]
  for (let turn = 0; turn < 30; turn++) {
    assert.equal(answerUnderGuard(first.hidden, honestAnswer(dice, first.persona), memory).caught, false)
  }
  assert.equal(memory.pauseSeconds(Date.now()), 0)
})

test('the places a holder has had outlive the closing of a work, its words do not', () => {
  const memories = new Memories()
  const memory = memories.of('7@1', '0xAb')
  answerUnderGuard(first.hidden, `Well: ${first.text.slice(30, 60)}, and that is all.`, memory)
  const { recitedLetters } = memory
  assert.ok(recitedLetters > 0 && memory.words.length > 0)
  memories.keepWordsOnly(new Set())
  assert.deepEqual(
    [memories.of('7@1', '0xaB').words, memories.of('7@1', '0xab').recitedLetters],
    [[], recitedLetters],
  )
})

test('a text of 40 letters or fewer is no secret that could be kept', () => {
  assert.equal(HiddenText.of({ passages: ['You are Mira, a baker.'], language: 'en' }), null)
})

test('a language of which nothing is known switches the anomaly gate off, not the comparison', () => {
  const hidden = hide(first.text, ['text', 'fi'])
  assert.equal(answerUnderGuard(hidden, 'xqzv kwpt '.repeat(40)).caught, false)
  assert.equal(recital(hidden, first.text, first.text).caught, true)
})

test('the table of ordinary language is made of the prose beside it', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'train.ts'), '--check'])
  assert.equal(status, 0, String(stderr))
})
