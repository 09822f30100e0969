/** Thirty random schedules of reorganisations, restarts, errors and lag, and every seed that ever failed: 0 rows differ. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { holdsUp, startTrial } from './fixture-reorgs.ts'
import failed from './reorg-seeds.json' with { type: 'json' }

const SCHEDULES = 30

let trial: Awaited<ReturnType<typeof startTrial>>
before(async () => {
  trial = await startTrial()
})
after(() => trial.stop())

test('whatever a chain does within finality, the index ends as one that is built anew', async () => {
  const depths = new Set<number>()
  for (const seed of [...failed, ...Array.from({ length: SCHEDULES }, (_, at) => at + 1)]) {
    const outcome = await trial.run(seed)
    for (const depth of outcome.depths) depths.add(depth)
    assert.ok(holdsUp(outcome), JSON.stringify(outcome))
  }
  assert.ok(Math.max(...depths) > 32 && depths.size > 10, 'shallow and deep ones were among them')
})

test('a block deeper, and it halts loudly with everything that it had', async () => {
  assert.deepEqual(await trial.deeper(65, 1), { status: 'stopped', rowsKept: true })
  assert.equal((await trial.deeper(64, 1)).status, 'ok')
})
