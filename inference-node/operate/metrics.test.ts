/** What Prometheus gets while the chain is silent: all that this machine knows by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './metrics.ts'

const NONE = {
  ...{ channels: 0, unclaimedAtomic: '7', leavingAtomic: '0', uncoveredAtomic: '0', atRiskAtomic: '0' },
  ...{ oldestSeconds: null, held: 0 },
}

test('a chain that hangs takes its own figures away, and none of the others', async context => {
  const metrics = new Metrics()
  const never = () => new Promise<never>(() => {})
  metrics.watch({
    ...{ running: () => 3, waiting: () => 0, openWorks: () => 0, grants: () => 0, channels: () => NONE },
    ...{ ready: never, gasWei: never },
  })
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const scraped = metrics.registry.metrics()
  await new Promise(resolve => setImmediate(resolve))
  context.mock.timers.tick(2_000)
  const text = await scraped
  assert.match(text, /^vllm:num_requests_running 3$/m)
  assert.match(text, /^grimoire_unclaimed_atomic 7$/m)
  assert.doesNotMatch(text, /^grimoire_(ready|payment_gas_wei) /m)
})

test('the books are read once for a scrape, and anew for the next', async () => {
  const metrics = new Metrics()
  let reads = 0
  metrics.watch({
    ...{ running: () => 0, waiting: () => 0, openWorks: () => 0, grants: () => 0 },
    ...{ ready: async () => true, gasWei: async () => 1n },
    channels: () => ({ ...NONE, unclaimedAtomic: String(++reads) }),
  })
  assert.match(await metrics.registry.metrics(), /^grimoire_unclaimed_atomic 1$/m)
  await new Promise(resolve => setImmediate(resolve)) // As between any two requests.
  assert.match(await metrics.registry.metrics(), /^grimoire_unclaimed_atomic 2$/m)
  assert.equal(reads, 2)
})
