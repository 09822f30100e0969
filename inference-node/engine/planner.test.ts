/** What a step computes, told without llama.cpp: who goes together, who waits, and when the context is let go of. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BatchItem } from 'node-llama-cpp'
import { type Lane, Planner } from './planner.ts'

type Fields = { evaluationPriority: number; tokens: number[] }
const item = (tag: number, tokens: number) =>
  ({ evaluationPriority: tag, tokens: Array(tokens).fill(1), logits: [] }) as unknown as BatchItem // Safety: what `plan` reads.
const lane = (tag: number, adapter = ''): Lane => ({ tag, adapter, promptTokens: 100 })

function planned(...lanes: Lane[]) {
  const adapters: string[] = []
  const queue = {
    _queuedDecodes: [] as unknown[],
    scheduled: 0,
    _scheduleDecode: () => void queue.scheduled++,
  }
  const planner = new Planner(queue, adapter => adapters.push(adapter))
  for (const one of lanes) planner.begin(one)
  const plan = (items: BatchItem[], size = 512) =>
    planner
      .plan({ items, size })
      .map(({ item: { evaluationPriority }, processAmount }) => [Number(evaluationPriority), processAmount])
  return { planner, queue, adapters, plan }
}

test('turns go together in the order of their places, and one that was just given its token is waited for', () => {
  const { planner, plan } = planned(lane(2), lane(1))
  assert.deepEqual(plan([item(2, 10), item(1, 10)]), [
    [1, 10],
    [2, 10],
  ])
  assert.deepEqual(plan([item(2, 1)]), [], 'the other is on its way')
  assert.deepEqual(plan([item(2, 1), item(1, 1)]), [
    [1, 1],
    [2, 1],
  ])
  planner.end(1)
  assert.deepEqual(plan([item(2, 1)]), [[2, 1]])
})

test('a turn that does not come back is not waited for longer than a moment', () => {
  const { plan } = planned(lane(1), lane(2))
  plan([item(1, 5), item(2, 5)])
  let empty = 0
  while (plan([item(1, 1)]).length === 0) empty++
  assert.ok(empty > 0 && empty < 100)
})

test('a long prompt takes a share of a step beside an answer, and all of it alone or when most wait for a first token', () => {
  const beside = planned(lane(1), lane(2))
  beside.plan([item(1, 5)])
  const [answer, prompt] = beside.plan([item(1, 1), item(2, 2_000)])
  assert.deepEqual(answer, [1, 1])
  assert.ok(prompt?.[0] === 2 && Number(prompt[1]) < 512)
  assert.deepEqual(planned(lane(1)).plan([item(1, 2_000)]), [[1, 512]])
  const many = planned(lane(1), lane(2), lane(3))
  many.plan([item(1, 5)])
  const step = many.plan([item(1, 1), item(2, 400), item(3, 400)])
  assert.deepEqual(step, [
    [1, 1],
    [2, 400],
    [3, 111],
  ])
})

test('a step has one adapter; another’s turns come after a while, whoever goes on', async () => {
  const { adapters, plan } = planned(lane(1, 'a'), lane(2, 'b'))
  assert.deepEqual(plan([item(1, 5), item(2, 5)]), [[1, 5]])
  assert.deepEqual(adapters, ['a'])
  assert.deepEqual(plan([item(2, 5), item(1, 1)]), [[1, 1]], 'it stays at first')
  const until = Date.now() + 5_000
  let step = plan([item(2, 5), item(1, 1)])
  while (step[0]?.[0] === 1 && Date.now() < until) {
    await new Promise(resolve => setTimeout(resolve, 5))
    step = plan([item(2, 5), item(1, 1)])
  }
  assert.deepEqual(step, [[2, 5]])
  assert.deepEqual(adapters, ['a', 'b'])
})

test('while something needs the context nothing is computed, and then everything that was queued', async () => {
  const { planner, queue, plan } = planned(lane(1))
  const queued: Fields[] = [{ evaluationPriority: 1, tokens: [1, 2] }]
  queue._queuedDecodes.push(...queued)
  let finish = () => {}
  const tending = planner.tend(
    () =>
      new Promise<void>(resolve => {
        finish = resolve
      }),
  )
  assert.deepEqual(plan([item(1, 2)]), [])
  assert.equal(queue._queuedDecodes.length, 0, 'a queue that is not empty keeps the context locked')
  finish()
  await tending
  assert.deepEqual([queue._queuedDecodes, queue.scheduled], [queued, 1])
  assert.deepEqual(plan([item(1, 2)]), [[1, 2]])
})
