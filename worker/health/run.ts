/** What the clock does for the directory: probes the operators whose turn it is, a few at a time, and writes down what it found. */
import { minimumBond } from '../chain.ts'
import { type Env, settingsOf } from '../env.ts'
import { outboundOf } from '../outbound.ts'
import { dueOperators, keepFinding, postpone } from '../store/health.ts'
import { probe } from './probe.ts'

/** At most so many in a tick: four requests each stay below the free plan’s 50. With more operators each waits longer. */
const PER_TICK = 10
/** Workers hold six connections at once. */
const AT_ONCE = 6
const EVERY_SECONDS = 120
/** So that operators who registered together are not asked together for ever. */
const JITTER_SECONDS = 30

export async function probeOperators(env: Env): Promise<void> {
  const settings = settingsOf(env)
  const nowSeconds = Math.floor(Date.now() / 1000)
  const minimumBondAtomic = await minimumBond(settings)
  const due = await dueOperators(env.DB, { settings, minimumBondAtomic, nowSeconds, limit: PER_TICK })
  if (due.length === 0) return
  const jitter = () => Math.floor(Math.random() * JITTER_SECONDS)
  // Before they are asked: another run that begins now takes others.
  await postpone(
    env.DB,
    due.map(({ operator }) => ({ operator, dueAtSeconds: nowSeconds + EVERY_SECONDS + jitter() })),
  )
  const context = { outbound: outboundOf(env), settings, nowSeconds }
  const waiting = [...due]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await keepFinding(env.DB, next, await probe(next, context))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}
