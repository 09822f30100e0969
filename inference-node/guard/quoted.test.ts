/** A work's files may be quoted, but not a whole book of them in one answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuardedTurn } from './guarded-turn.ts'
import { lettersOf } from './letters.ts'
import { HolderMemory } from './memory.ts'
import { MAX_QUOTED_LETTERS } from './quoted.ts'

const BOOK = Array.from(
  { length: 120 },
  (_, at) =>
    `Chapter ${at} tells how the ${at * 37}th lamp of the harbour was lit by keeper number ${at * 11}.`,
).join(' ')
const PAGE = BOOK.slice(0, 1_900)

function answerOf(text: string, quotable: string, step = 7) {
  const memory = new HolderMemory()
  const turn = new GuardedTurn(null, memory, { quotable })
  let said = ''
  for (let at = 0; at < text.length; at += step) said += turn.say(text.slice(at, at + step))
  return { said: said + turn.end().text, stopped: turn.quotedTooMuch, caught: turn.caught, memory }
}

test('a passage, and a whole page, are quoted as they stand', () => {
  for (const [text, quotable] of [
    [BOOK.slice(900, 1_700), BOOK],
    [PAGE, BOOK],
    [PAGE, PAGE],
  ] as const) {
    const { said, stopped } = answerOf(text, quotable)
    assert.deepEqual([said, stopped], [text, false])
  }
})

test('a recital of more than a page ends within it, in any case and spacing, in pieces between own words, or in a call', () => {
  const sentences = BOOK.match(/[^.]+\./g) ?? []
  const ways = {
    whole: BOOK,
    'in capitals without spaces': BOOK.toUpperCase().replaceAll(' ', ''),
    'between own words': sentences.join(' As we all know, '),
    backwards: sentences.toReversed().join(' '),
  }
  for (const [name, text] of Object.entries(ways)) {
    const { said, stopped, caught } = answerOf(text, BOOK)
    assert.deepEqual([stopped, caught], [true, false], name)
    assert.ok(lettersOf(said).length < 1.4 * MAX_QUOTED_LETTERS, `${name}: ${said.length}`)
  }
  const turn = new GuardedTurn(null, new HolderMemory(), { quotable: BOOK })
  assert.deepEqual(turn.call({ name: 'save', arguments: JSON.stringify({ text: BOOK }) }), [])
  assert.equal(turn.quotedTooMuch, true)
})

test('an answer in words of its own is never stopped, and nobody pauses for having quoted', () => {
  const own = 'The lamps were lit one after the other, and each keeper wrote a line in the book. '.repeat(60)
  const { said, stopped } = answerOf(own, BOOK)
  assert.deepEqual([said, stopped], [own, false])
  assert.equal(answerOf(BOOK, BOOK).memory.pauseSeconds(Date.now()), 0)
})
