/** The choice of an operator and the short names of works: pure, so that each rule has its example. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckedQuote } from '../read-quote.ts'
import type { GatewayContext } from './context.ts'
import { openLanes } from './lanes.ts'
import { faultsOf, ranked } from './ranking.ts'
import { aliasesOf } from './shelf.ts'

const SIZE = { inputBytes: 1_000_000, maxOutputBytes: 1_000_000 }

/** Of a quote only what the choice reads. */
const offer = (name: string, millionsAtomic: number, warm = true) =>
  ({
    quote: {
      operator: `0x${name.repeat(20)}`,
      warm,
      prices: {
        turnFeeAtomic: '0',
        inputPerMillionBytesAtomic: String(millionsAtomic),
        outputPerMillionBytesAtomic: '0',
      },
    },
  }) as CheckedQuote // Safety: the ranking reads these fields alone.

const order = (offers: CheckedQuote[], faults = faultsOf()) =>
  ranked(offers, SIZE, faults).map(({ quote }) => quote.operator.slice(2, 4))

test('the cheapest is first, a cold work counts as a tenth dearer, and equals keep their order', () => {
  assert.deepEqual(order([offer('aa', 200), offer('bb', 100)]), ['bb', 'aa'])
  assert.deepEqual(order([offer('aa', 100, false), offer('bb', 109)]), ['bb', 'aa'])
  assert.deepEqual(order([offer('aa', 100, false), offer('bb', 111)]), ['aa', 'bb'])
  assert.deepEqual(order([offer('aa', 100), offer('bb', 100)]), ['aa', 'bb'])
})

test('each failure of the last ten minutes counts as the price once more, and is forgotten then', () => {
  let nowMs = 0
  const faults = faultsOf(() => nowMs)
  const [cheap, dear] = [offer('aa', 100), offer('bb', 250)]
  faults.note(cheap.quote.operator)
  assert.deepEqual(order([cheap, dear], faults), ['aa', 'bb'])
  faults.note(cheap.quote.operator)
  assert.deepEqual(order([cheap, dear], faults), ['bb', 'aa'])
  nowMs += 10 * 60_000
  assert.deepEqual(order([cheap, dear], faults), ['aa', 'bb'])
})

test('a short name is the title’s, and two works of one title never share it', () => {
  const works = [
    { workId: '1234567890', title: 'Captain Flint!' },
    { workId: '2234567890', title: 'Der alte Bär' },
    { workId: '3234567890', title: 'captain flint' },
    { workId: '4234567890', title: '???' },
  ]
  assert.deepEqual(aliasesOf(works), [
    'captain-flint-12345678',
    'der-alte-bar',
    'captain-flint-32345678',
    'work',
  ])
})

test('versions of one work wait in one queue, since one channel pays for both; another payee has its own', () => {
  const lanes = openLanes({ limits: { lanes: 1 } } as GatewayContext) // Safety: no chat is opened here.
  const laneOf = (version: number, payTo: string) =>
    lanes.laneFor({ quote: { version, payTo: `0x${payTo.repeat(20)}` } } as CheckedQuote) // Safety: the choice reads these alone.
  const first = laneOf(1, 'aa')
  first.waiting += 1
  assert.equal(laneOf(2, 'AA'), first)
  assert.notEqual(laneOf(1, 'bb'), first)
})
