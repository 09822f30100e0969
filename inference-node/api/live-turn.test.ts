/** What counts as delivered, whoever comes, goes, stalls or comes back: the logic alone, without an engine or a network. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '@grimoire/schema/problem'
import { LiveTurn } from './live-turn.ts'
import { type KeptTurn, Turns } from './turns.ts'

const FOREVER = 1_000_000
const begin = (options: { whole?: boolean; graceMs?: number; keepAliveMs?: number } = {}) =>
  new LiveTurn<string>({ id: 'turn', whole: false, graceMs: FOREVER, keepAliveMs: FOREVER, ...options })

/** Reads so many events, and says what they were. */
async function take(reader: ReadableStreamDefaultReader<Uint8Array>, count = Number.POSITIVE_INFINITY) {
  const events: string[] = []
  for (let at = 0; at < count; at++) {
    const { done, value } = await reader.read()
    if (done) break
    events.push(new TextDecoder().decode(value).trim())
  }
  return events
}

test('only what a reader asked for is delivered: a reader that leaves takes what it read, and the next goes on from there', async () => {
  const turn = begin()
  for (const text of ['a', 'b', 'c', 'd']) turn.say(text, text)
  const first = turn.listen().getReader()
  assert.deepEqual(await take(first, 2), ['id: 1\ndata: a', 'id: 2\ndata: b'])
  await first.cancel()
  const again = turn.listen(1).getReader()
  assert.deepEqual(await take(again, 2), ['id: 2\ndata: b', 'id: 3\ndata: c'])
  await again.cancel()
  turn.leave()
  assert.deepEqual(await turn.delivered(), ['a', 'b', 'c'])
  turn.close(['end'])
  assert.deepEqual(await take(turn.listen(2).getReader()), ['id: 3\ndata: c', 'id: 4\ndata: end'])
})

test('an answer waits for its reader to have all of it before it is charged', async () => {
  const turn = begin()
  const reader = turn.listen().getReader()
  turn.say('a', 'a')
  turn.say('b', 'b')
  let text: string | undefined
  void turn.delivered().then(delivered => {
    text = delivered?.join('')
  })
  assert.deepEqual(await take(reader, 1), ['id: 1\ndata: a'])
  await new Promise(resolve => setTimeout(resolve, 10))
  assert.equal(text, undefined)
  await take(reader, 1)
  await turn.delivered()
  assert.equal(text, 'ab')
})

test('whoever stops a turn takes all that was said; after a sale nothing more is handed over', async () => {
  const stopped = begin()
  for (const text of ['a', 'b']) stopped.say(text, text)
  const taken = stopped.take()
  stopped.stop()
  stopped.say('c', 'c')
  assert.deepEqual(await stopped.delivered(), ['a', 'b'])
  stopped.close([])
  await taken
  const sold = begin()
  for (const text of ['a', 'b']) sold.say(text, text)
  const reader = sold.listen().getReader()
  await take(reader, 1)
  sold.over()
  assert.deepEqual(await sold.delivered(), ['a'])
  sold.close(['end'])
  assert.deepEqual(await take(reader), ['id: 2\ndata: end'])
})

test('who asks for the end and is gone takes nothing; who names an event that never was begins at the last', async () => {
  const turn = begin()
  for (const text of ['a', 'b']) turn.say(text, text)
  await take(turn.listen().getReader(), 1)
  turn.stop(AbortSignal.abort())
  assert.deepEqual(await turn.delivered(), ['a'])
  const ahead = begin()
  ahead.say('a', 'a')
  const reader = ahead.listen(999_999_999).getReader()
  ahead.say('b', 'b')
  ahead.close(['end'])
  assert.deepEqual(await take(reader), ['id: 2\ndata: b', 'id: 3\ndata: end'])
  assert.ok(!ahead.attended)
})

const PROBLEM = new Problem('engine_failed')

test('ended turns are bounded by their length too; the one that just ended stays', () => {
  const turns = new Turns({ graceMs: FOREVER, keepAliveMs: FOREVER, keepMs: FOREVER, maxKeptCharacters: 250 })
  const ended = ['a', 'b', 'c'].map(id => {
    const turn = turns.begin({ id, whole: false, channelId: '0x1', signer: '0x2', grantId: id })
    turn.live.say('x'.repeat(id === 'c' ? 300 : 100))
    turns.end(turn, PROBLEM, [])
    return turn
  })
  assert.deepEqual(
    ended.map(({ forgotten = false }) => forgotten),
    [true, true, false],
  )
})

test('after a sale an ended turn is forgotten though somebody still reads it, but for the receipt of one that the sale cut', async () => {
  const turns = new Turns({ graceMs: FOREVER, keepAliveMs: FOREVER, keepMs: FOREVER })
  const about = { whole: false, channelId: '0x1', signer: '0x2', grantId: 'sold' } as const
  const [ended, cut] = ['ended', 'cut'].map(id => {
    const turn = turns.begin({ ...about, id })
    turn.live.say('said')
    return turn
  })
  assert.ok(ended && cut)
  const [slow, reader] = [ended, cut].map(({ live }) => live.listen().getReader())
  assert.ok(slow && reader)
  turns.end(ended, PROBLEM, [])
  turns.keepOnly(new Set())
  turns.end(cut, PROBLEM, ['receipt'])
  turns.keepOnly(new Set())
  assert.deepEqual([await take(slow), await take(reader)], [[], ['id: 1\ndata: receipt']])
})

test('a payment that paid anew after its turn failed is still known when the failed turn is forgotten', async () => {
  const turns = new Turns({ graceMs: FOREVER, keepAliveMs: FOREVER, keepMs: FOREVER })
  const payment = { id: 'a-payment', fingerprint: '0x1' } as const
  const begun: KeptTurn[] = []
  const pay = () =>
    turns.paidOnce.turnOf('0x1', payment, async began => {
      const id = String(begun.length)
      const turn = turns.begin({ id, whole: true, channelId: '0x1', signer: '0x2', grantId: 'g' })
      began(turn)
      begun.push(turn)
      return new Response()
    })
  await pay()
  assert.ok(begun[0])
  turns.end(begun[0], PROBLEM, [])
  await pay()
  assert.equal(begun.length, 2)
  turns.paidOnce.forget(begun[0])
  assert.equal(await pay(), begun[1])
  await Promise.all(begun.slice(1).map(turn => turns.end(turn, PROBLEM, [])))
})

test('a turn ends when nobody takes it for the time of grace: its reader gone, or there and not reading', async () => {
  const alone = begin({ graceMs: 20 })
  alone.say('a', 'a')
  assert.deepEqual(await alone.delivered(), [])
  assert.ok(alone.halted.aborted)
  const stalled = begin({ graceMs: 20 })
  stalled.say('a', 'a')
  stalled.listen()
  assert.deepEqual(await stalled.delivered(), [])
  const whole = begin({ whole: true, graceMs: 20 })
  whole.say('a', 'a')
  assert.equal(await whole.delivered(), null)
})

test('a reader that waits for the next word is there, however long that takes, and hears that the turn lives', async () => {
  const turn = begin({ graceMs: 20, keepAliveMs: 30 })
  const reader = turn.listen().getReader()
  turn.note('queue 2')
  assert.deepEqual(await take(reader, 3), [': queue 2', ': keep-alive', ': keep-alive'])
  assert.ok(!turn.halted.aborted)
  turn.say('a', 'a')
  await take(reader, 1)
  assert.deepEqual(await turn.delivered(), ['a'])
})

test('a whole answer belongs to whoever waits for it at its end, and to nobody who went away', async () => {
  const turn = begin({ whole: true })
  turn.say('a', 'a')
  const gone = new AbortController()
  const first = turn.take(gone.signal)
  gone.abort()
  await first
  assert.ok(!turn.attended)
  const second = turn.take()
  assert.deepEqual(await turn.delivered(), ['a'])
  turn.close([])
  await second
})
