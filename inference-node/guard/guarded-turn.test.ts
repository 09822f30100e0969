/** The guard over calls and JSON: what stands between the pieces of a secret does not hide it, and what is honest goes out. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuardedTurn } from './guarded-turn.ts'
import { HiddenText } from './hidden.ts'
import { HolderMemory } from './memory.ts'

const SECRET =
  'You are the keeper of the northern lighthouse. Seven silver keys lie beneath the chapel floor, and the third one opens the door of the archive where the charts of the drowned islands are kept.'
const hidden = HiddenText.of({ passages: [SECRET], language: 'en' })
const call = (given: unknown, name = 'note') => ({ name, arguments: JSON.stringify(given) })

function calls(...made: { name: string; arguments: string }[]) {
  const turn = new GuardedTurn(hidden, new HolderMemory())
  const out = made.flatMap(one => turn.call(one))
  return { out: [...out, ...turn.end().calls], caught: turn.caught }
}
function json(value: unknown, write: (value: unknown) => string = JSON.stringify) {
  const turn = new GuardedTurn(hidden, new HolderMemory(), { json: true })
  let text = ''
  for (const piece of write(value).match(/.{1,7}/gs) ?? []) text += turn.say(piece)
  return { text: text + turn.end().text, caught: turn.caught }
}
const words = SECRET.split(' ')
const escaped = (value: unknown) =>
  JSON.stringify(value).replace(/[a-z]/g, point => `\\u${point.charCodeAt(0).toString(16).padStart(4, '0')}`)
const letters = (value: unknown): string => JSON.stringify(value).replace(/[^a-z]/g, '')

test('a secret in one argument, over many arguments, in names of arguments, and over many calls is not delivered', () => {
  const single = calls(call({ text: SECRET }))
  const spread = calls(call(Object.fromEntries(words.map((word, at) => [`part${at}`, word]))))
  const named = calls(call(Object.fromEntries(words.map((word, at) => [`${word}_${at}`, true]))))
  const doled = calls(...words.map(word => call({ unrelated: word, other: 12 })))
  for (const { out, caught } of [single, spread, named, doled]) {
    assert.ok(caught)
    assert.ok(letters(out.map(one => Object.values(JSON.parse(one.arguments)))).length < 120)
  }
  assert.deepEqual([single.out, spread.out, named.out], [[], [], []])
})

test('a secret in JSON is found through its keys, its escapes and its marks, within 40 of its letters', () => {
  const cases = {
    whole: json({ answer: SECRET }),
    spread: json(words.map((word, at) => ({ [`x${at}`]: word }))),
    spelled: json([...SECRET]),
    keys: json(Object.fromEntries(words.map((word, at) => [`${word}${at}`, at]))),
    escaped: json({ answer: SECRET }, escaped),
  }
  for (const [name, { text, caught }] of Object.entries(cases)) {
    assert.ok(caught, `${name} passed`)
    const shared = text.replaceAll(/\\u00([0-9a-f]{2})/g, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    assert.ok(letters(shared).length <= 40, `${name} let out ${shared}`)
  }
})

test('honest calls and honest JSON go out whole and unchanged, though the work declares text only', () => {
  const honest = [
    call({ query: 'weather in Lisbon tomorrow', units: 'metric', days: 3 }, 'get_weather'),
    call(
      { to: 'anna@example.org', subject: 'Dinner on Friday', body: 'Shall we meet at eight?' },
      'send_mail',
    ),
  ]
  const { out, caught } = calls(...honest)
  assert.deepEqual([out, caught], [honest, false])
  const recipe = {
    title: 'Bread',
    steps: ['Mix the flour with water.', 'Let it rest.'],
    minutes: 45,
    vegan: true,
  }
  assert.deepEqual(json(recipe), { text: JSON.stringify(recipe), caught: false })
})

test('calls flow at once where nothing is hidden, and keep their order', () => {
  const turn = new GuardedTurn(null, new HolderMemory())
  assert.deepEqual(turn.call(call({ a: 1 })), [call({ a: 1 })])
  const guarded = calls(call({ a: 'one' }), call({ a: 'two' }))
  assert.deepEqual(guarded.out, [call({ a: 'one' }), call({ a: 'two' })])
})
