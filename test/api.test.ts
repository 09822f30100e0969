/** Two thousand requests over every route, right, wrong and hostile: nothing breaks, and nothing is answered beside its description. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hammer, letIn } from './api/hammer.ts'
import { startApiWorld } from './api/world.ts'

const FIRST_SEED = 20_262
const COUNT = 2_000

let stage: Awaited<ReturnType<typeof startApiWorld>>
before(async () => {
  stage = await startApiWorld()
})
after(() => stage?.world.stop())

test('no request of two thousand gets a 500 or an answer outside its schema', async () => {
  const { n, faults, byStatus } = await hammer(stage.target, { first: FIRST_SEED, count: COUNT })
  assert.deepEqual(faults.slice(0, 5), [])
  assert.equal(n, COUNT)
  // Else the requests would only ever meet the door.
  for (const status of ['200', '304', '400', '404', '405', '413', '415']) {
    assert.ok(byStatus[status], `no answer had the status ${status}: ${JSON.stringify(byStatus)}`)
  }
})

test('a route that asks who one is lets in nobody who is not: no session, an expired, another’s, one that travels wrongly', async () => {
  const { n, faults } = await letIn(stage.target, stage.strangers)
  assert.deepEqual(faults, [])
  assert.ok(n > 0, 'no route asks who one is')
})
