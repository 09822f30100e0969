/** What is known of the chain stands only while it is followed, and falls with whatever could have changed it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Followed, holderTopic, operatorTopic, workTopic } from './followed.ts'

function asked() {
  const followed = new Followed()
  let answers = 0
  const fact = (key: string, topics = [workTopic(key)], rest = {}) => ({
    ...{ key, topics, ...rest },
    ask: async () => ++answers,
  })
  return { followed, fact, count: () => answers }
}

test('nobody follows: every question goes to the chain, but for what may be a moment old', async () => {
  const { followed, fact, count } = asked()
  await followed.get(fact('1'))
  await followed.get(fact('1'))
  assert.equal(count(), 2)
  await followed.get(fact('2', [], { looseMs: 60_000 }))
  await followed.get(fact('2', [], { looseMs: 60_000 }))
  assert.equal(count(), 3)
})

test('followed: one question, until an event touches what the answer hangs on, or it is too old, or it is asked anew', async () => {
  const { followed, fact, count } = asked()
  followed.saw(Date.now())
  const right = fact('right', [holderTopic('0xAb'), workTopic(7n)])
  await followed.get(right)
  followed.touch([holderTopic('0xcd'), workTopic('8'), operatorTopic('0xab')])
  assert.equal(await followed.get(right), 1)
  followed.touch([holderTopic('0xaB')])
  assert.equal(await followed.get(right), 2)
  assert.equal(await followed.ask(right), 3)
  assert.equal(await followed.get(right), 3)
  assert.equal(await followed.get({ ...right, maxAgeMs: -1 }), 4)
  assert.equal(count(), 4)
})

test('a refusal is asked for again, and takes the place of what was known', async () => {
  const { followed, fact, count } = asked()
  followed.saw(Date.now())
  const refusal = { ...fact('right'), isKept: (value: number) => value === 1 }
  assert.equal(await followed.get(refusal), 1)
  assert.equal(await followed.get(refusal), 1)
  assert.equal(await followed.ask(refusal), 2)
  assert.equal(await followed.get(refusal), 3)
  assert.equal(count(), 3)
})

test('an answer that an event or a reorganisation overtook is not kept', async () => {
  const { followed } = asked()
  followed.saw(Date.now())
  let answer = (_value: number) => {}
  const slow = {
    key: 'slow',
    topics: [workTopic('1')],
    ask: () =>
      new Promise<number>(resolve => {
        answer = resolve
      }),
  }
  for (const overtake of [() => followed.touch([workTopic('1')]), () => followed.reset()]) {
    const asking = followed.get(slow)
    overtake()
    answer(1)
    assert.equal(await asking, 1)
    followed.saw(Date.now())
    assert.equal(await followed.get({ ...slow, ask: async () => 2 }), 2)
    followed.touch([workTopic('1')])
  }
})

test('a head that was read too long ago makes nothing known, and time that was not followed is not counted', () => {
  const { followed } = asked()
  assert.equal(followed.followedMs, 0)
  followed.saw(Date.now() - 60_000)
  assert.deepEqual([followed.isFresh, followed.followedMs], [false, 0])
  followed.saw(Date.now())
  assert.ok(followed.isFresh && followed.followedMs >= 60_000)
  followed.reset()
  assert.equal(followed.isFresh, false)
  followed.saw(Date.now())
  assert.ok(followed.followedMs < 10_000)
})
