/** When a claim is due, and what is never exceeded, in single cases and over years of a market that a seed decides. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimReason, GasPrices, hasRoomFor, MAX_AGE_MS, type Moment, PATIENCE_MS } from './schedule.ts'
import { Market } from './trial/years.ts'

const policy = { minimumAtomic: 10_000n, maxUnclaimedAtomic: 1_000_000n }
const moment = (changes: Partial<Moment> = {}): Moment => ({
  ...{ nowMs: MAX_AGE_MS * 9, owingSinceMs: MAX_AGE_MS * 9, gasPriceWei: 100n, usualGasPriceWei: 100n },
  ...changes,
})
const owes = (owedAtomic: bigint, leaving = false) => [{ owedAtomic, leaving }]

test('a claim waits until it is worth its transaction, or a day old', () => {
  assert.equal(claimReason([], moment(), policy), null)
  assert.equal(claimReason(owes(9_999n), moment(), policy), null)
  assert.equal(claimReason([...owes(5_000n), ...owes(5_000n)], moment(), policy), 'worth')
  const dayOld = moment({ owingSinceMs: MAX_AGE_MS * 8 })
  assert.equal(claimReason(owes(1n), dayOld, policy), 'age')
})

test('dear gas is waited out, but neither long nor with much at risk nor when a payer leaves', () => {
  const dear = moment({ gasPriceWei: 121n })
  assert.equal(claimReason(owes(10_000n), moment({ gasPriceWei: 120n }), policy), 'worth')
  assert.equal(claimReason(owes(10_000n), dear, policy), null)
  assert.equal(
    claimReason(owes(10_000n), { ...dear, owingSinceMs: dear.nowMs - PATIENCE_MS }, policy),
    'worth',
  )
  assert.equal(claimReason(owes(500_000n), dear, policy), 'risk')
  assert.equal(claimReason(owes(1n, true), dear, policy), 'leaving')
  assert.equal(claimReason(owes(0n, true), dear, policy), null)
})

test('the usual price is the middle of the last day, and unknown at first', () => {
  const prices = new GasPrices()
  for (const [wei, atMs] of [
    [1n, 0],
    [900n, 1],
  ] as const)
    prices.see(wei, atMs)
  assert.equal(prices.usual(), null)
  for (const wei of [5n, 5n, 7n]) prices.see(wei, MAX_AGE_MS + 2)
  assert.equal(prices.usual(), 5n)
})

test('a turn for which there may be no room does not begin', () => {
  const standing = { unclaimedAtomic: 600_000n, reservedAtomic: 300_000n }
  assert.equal(hasRoomFor(100_000n, standing, policy), true)
  assert.equal(hasRoomFor(100_001n, standing, policy), false)
})

test('over months with exits, reorganisations and a chain away for up to 20 hours, the bound holds and nothing is lost', () => {
  for (let seed = 1; seed <= 2; seed++) {
    const world = { days: 40, delayMs: 86_400_000, longestAwayMs: 20 * 3_600_000 }
    const years = new Market(seed, policy, world).run()
    assert.ok(years.worstAtomic <= policy.maxUnclaimedAtomic, `seed ${seed}`)
    assert.equal(years.lostAtomic, 0n, `seed ${seed}`)
    assert.ok(years.turns > 10_000 && years.exits > 10 && years.vanished > 0 && years.claims > 50)
  }
})

test('a chain that stays away for longer than payers wait costs what was unclaimed, and no more than the bound', () => {
  const world = { days: 60, delayMs: 3_600_000, longestAwayMs: 48 * 3_600_000 }
  const { lostAtomic, worstAtomic } = new Market(7, policy, world).run()
  assert.ok(lostAtomic > 0n)
  assert.ok(worstAtomic <= policy.maxUnclaimedAtomic)
})
