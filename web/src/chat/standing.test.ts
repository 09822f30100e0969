/** Which exchanges of a long conversation stand in the document, step by step, and how high the others are taken to be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { around, BESIDE, covers, makeHeights, newest, type Span, standing, toward } from './standing.ts'

const COUNT = 1_000

/** Until nothing changes any more: every step on the way. */
function steps(from: Span, seen: Span): Span[] {
  const next = toward(from, seen, COUNT)
  return next.from === from.from && next.to === from.to ? [] : [next, ...steps(next, seen)]
}

test('what is seen stands there after one step, the rest comes a few at a time, and it ends with what is near on both sides', () => {
  for (const from of [newest(COUNT), around(0, COUNT), around(500, COUNT), { from: 480, to: 505 }]) {
    const seen = { from: 498, to: 502 }
    const way = steps(from, seen)
    const last = way.at(-1) ?? from
    assert.ok(covers(last, { from: 498 - BESIDE, to: 502 + BESIDE }))
    assert.ok(last.to - last.from <= 4 + 2 * BESIDE + 4)
    let before = from
    for (const span of way) {
      assert.ok(covers(span, seen))
      const fresh = Math.max(0, before.from - span.from) + Math.max(0, span.to - before.to)
      assert.ok(before === from || fresh <= 8, `${fresh} at once`)
      before = span
    }
  }
})

test('whoever scrolls on is followed in one step for each exchange: what is to go waits for what comes', () => {
  const [begin, end] = [500, 100]
  let span: Span = { from: begin, to: begin + 4 + 2 * BESIDE }
  let moves = 0
  for (let from = begin + BESIDE; from > end; from--) {
    // Half of what is seen changes at a time: first above, then below.
    for (const seen of [
      { from: from - 1, to: from + 4 },
      { from: from - 1, to: from + 3 },
    ]) {
      const next = toward(span, seen, COUNT)
      assert.ok(covers(next, { from: seen.from - BESIDE, to: seen.to + BESIDE }))
      if (next.from !== span.from || next.to !== span.to) moves += 1
      span = next
    }
  }
  assert.ok(moves <= begin + BESIDE - end, `${moves} moves`)
})

test('at either end it stops, and a conversation that is short stands there whole', () => {
  assert.deepEqual(steps(around(0, COUNT), { from: 0, to: 3 }).at(-1), { from: 0, to: 3 + BESIDE })
  assert.deepEqual(steps(newest(COUNT), { from: 997, to: COUNT }).at(-1), { from: 997 - BESIDE, to: COUNT })
  assert.deepEqual(toward(newest(3), { from: 0, to: 3 }, 3), { from: 0, to: 3 })
  assert.deepEqual(toward(newest(0), { from: 0, to: 0 }, 0), { from: 0, to: 0 })
})

test('what is held stands beside the window in its order, once, and not behind the end', () => {
  const span = { from: 10, to: 14 }
  assert.deepEqual(standing(span, [], COUNT), [span])
  assert.deepEqual(standing(span, [3, 11, 14, 900], COUNT), [
    { from: 3, to: 4 },
    span,
    { from: 14, to: 15 },
    { from: 900, to: 901 },
  ])
  assert.deepEqual(standing(span, [3, 20], 20), [{ from: 3, to: 4 }, span])
  assert.deepEqual(standing({ from: 0, to: 20 }, [3, 19], 20), [{ from: 0, to: 20 }])
})

test('what was measured is that high, the rest as high as what was measured first', () => {
  const heights = makeHeights()
  heights.learn([
    [8, 100],
    [9, 300],
  ])
  heights.learn([[7, 50]])
  assert.deepEqual([heights.sum({ from: 0, to: 7 }), heights.sum({ from: 7, to: 10 })], [1_400, 450])
  assert.deepEqual([heights.at(-5), heights.at(1_399), heights.at(1_400), heights.at(1_450)], [0, 6, 7, 8])
})
