/**
 * Random schedules of reorganisations under the edge's index, with kills, errors and lag, on a real chain and a real
 * workerd: the database ends equal to one built anew. `npm run proof -- reorg [schedules] [seed]`. Seeds that fail are
 * kept in `worker/reorg-seeds.json`, which every later run and `npm test` begin with.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { holdsUp, type Outcome, startTrial } from '@grimoire/worker/fixture-reorgs'
import { claim, prove } from './proof.ts'

const SCHEDULES = 1_000
const HALTS = 20
const FINALITY_BLOCKS = 64
const KEPT = join(import.meta.dirname, '../../worker/reorg-seeds.json')
const keptSeeds = () => JSON.parse(readFileSync(KEPT, 'utf8')) as number[] // Safety: written below.

type Trial = Awaited<ReturnType<typeof startTrial>>

async function schedules(trial: Trial, seeds: readonly number[]) {
  const outcomes: Outcome[] = []
  for (const seed of seeds) {
    const outcome = await trial.run(seed)
    outcomes.push(outcome)
    if (holdsUp(outcome)) continue
    process.stdout.write(`${JSON.stringify(outcome)}\n`)
    writeFileSync(KEPT, `${JSON.stringify([...new Set([...keptSeeds(), seed])])}\n`)
  }
  const depths = outcomes.flatMap(outcome => outcome.depths)
  const sum = (of: (outcome: Outcome) => number) => outcomes.reduce((total, one) => total + of(one), 0)
  const differing = outcomes.flatMap(outcome => outcome.differing)
  return {
    n: outcomes.length,
    failures: outcomes.filter(outcome => !holdsUp(outcome)).length,
    rowsDiffering: differing.reduce((total, { missing, extra }) => total + missing + extra, 0),
    ...{ reorganisations: depths.length, deepest: Math.max(0, ...depths) },
    ...{ restarts: sum(one => one.restarts), troubledRuns: sum(one => one.troubled) },
  }
}

/** One block deeper than finality, and up to 60. */
async function halts(trial: Trial, count: number, seed: number) {
  let failures = 0
  for (let at = 0; at < count; at++) {
    const { status, rowsKept } = await trial.deeper(FINALITY_BLOCKS + 1 + ((at * 7) % 60), seed + at)
    if (status !== 'stopped' || !rowsKept) failures++
  }
  return { n: count, failures }
}

await prove('reorg', async ([wanted, given]) => {
  const [count, seed] = [Number(wanted ?? SCHEDULES), Number(given ?? Math.floor(Date.now() / 1000))]
  const trial = await startTrial()
  try {
    const fresh = Array.from({ length: count }, (_, at) => seed + at)
    return [
      await claim({ name: 'any schedule within finality: 0 rows differ', seed }, () =>
        schedules(trial, [...keptSeeds(), ...fresh]),
      ),
      await claim({ name: 'deeper than finality: halts, nothing is lost', seed }, () =>
        halts(trial, Math.min(HALTS, count), seed),
      ),
    ]
  } finally {
    await trial.stop()
  }
})
