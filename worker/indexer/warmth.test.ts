/** The order of `trending`: recent events count more, and no row is rewritten because time has passed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { warmed } from './warmth.ts'

const DAY = 86_400
const START = 1_700_000_000
const after = (...days: number[]) => days.reduce((warm, day) => warmed(warm, START + day * DAY), 0)

test('one event warms until its own second, two at once for a half-life longer', () => {
  assert.equal(after(0), START)
  assert.equal(after(0, 0), START + 3 * DAY)
  assert.equal(after(0, 0, 0, 0), START + 6 * DAY)
})

test('an event counts half after three days', () => {
  const four = after(0, 0, 0, 0)
  // Four events three days ago are worth two; with two more they are four again.
  assert.equal(warmed(warmed(four, START + 3 * DAY), START + 3 * DAY), START + 9 * DAY)
})

test('many events of long ago count less than a few of today, and every event counts', () => {
  const old = after(...Array.from({ length: 200 }, () => 0))
  const recent = after(30, 30, 30)
  assert.ok(old < recent)
  assert.ok(warmed(old, START + 29 * DAY) >= START + 29 * DAY)
  assert.ok(warmed(recent, START + 30 * DAY) > recent)
})

test('whole seconds only, also after thousands of events', () => {
  let warm = 0
  for (let at = 0; at < 5_000; at++) {
    const next = warmed(warm, START + at * 60)
    assert.ok(Number.isSafeInteger(next) && next > warm)
    warm = next
  }
})
