/** Who goes next when all places are taken: holders in turn, loaded works first among equals, and nobody never. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { Turnstile } from './turnstile.ts'

/** One place, taken; each name that waits is written down when it enters, and leaves at once. */
async function orderOf(waiting: { name: string; holder?: string; work?: string }[], loaded: string[] = []) {
  const turnstile = new Turnstile(1, 64, work => loaded.includes(work))
  const leave = await turnstile.enter({ holder: 'busy' })
  const entered: string[] = []
  const all = waiting.map(async ({ name, ...ask }) => {
    const out = await turnstile.enter(ask)
    entered.push(name)
    out()
  })
  leave()
  await Promise.all(all)
  assert.deepEqual([turnstile.busy, turnstile.waiting], [0, 0])
  return entered
}

test('a holder who asks often does not crowd out the others', async () => {
  const order = await orderOf([
    ...['a1', 'a2', 'a3', 'a4'].map(name => ({ name, holder: 'ann' })),
    { name: 'b1', holder: 'ben' },
    { name: 'c1', holder: 'cyd' },
  ])
  assert.deepEqual(order.slice(0, 3), ['a1', 'b1', 'c1'])
  assert.deepEqual(order.slice(3), ['a2', 'a3', 'a4'])
})

test('whoever runs already waits behind whoever does not', async () => {
  const turnstile = new Turnstile(2, 8)
  await turnstile.enter({ holder: 'ann' })
  const leave = await turnstile.enter({ holder: 'ben' })
  const entered: string[] = []
  for (const holder of ['ann', 'cyd']) void turnstile.enter({ holder }).then(() => entered.push(holder))
  leave()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(entered, ['cyd'])
})

test('among equals a turn whose work is loaded goes first, but no turn is passed for ever', async () => {
  const waiting = [
    { name: 'cold', holder: 'first', work: 'cold' },
    ...Array.from({ length: 12 }, (_, n) => ({ name: `warm ${n}`, holder: `h${n}`, work: 'warm' })),
  ]
  const order = await orderOf(waiting, ['warm'])
  assert.equal(order[0], 'warm 0')
  assert.equal(order.indexOf('cold'), 8)
})

test('each who waits is told its place, again whenever that changes, and the truth', async () => {
  const turnstile = new Turnstile(1, 8)
  const leave = await turnstile.enter()
  const told: Record<string, number[]> = { a1: [], a2: [], b1: [] }
  const wait = (name: string, holder: string, signal?: AbortSignal) =>
    turnstile.enter({ holder, onPosition: at => told[name]?.push(at), ...(signal ? { signal } : {}) })
  const gone = new AbortController()
  const first = wait('a1', 'ann', gone.signal)
  void wait('a2', 'ann')
  void wait('b1', 'ben')
  assert.deepEqual(told, { a1: [1], a2: [2, 3], b1: [2] })
  gone.abort()
  await assert.rejects(first, (error: unknown) => isProblem(error, 'timed_out'))
  assert.deepEqual(told, { a1: [1], a2: [2, 3, 1], b1: [2] })
  leave()
  assert.deepEqual(told.b1, [2, 1])
})
