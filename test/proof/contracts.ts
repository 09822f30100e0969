/**
 * `npm run proof -- contracts [fuzz|invariants|differential|mutants|coverage …]`: the long runs of the ledger's tests. Hours
 * in all; one part by its name. SEED, and COUNT for a shorter run, come from the environment.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { forgeBinary } from '@grimoire/contracts/foundry'
import { MUTANTS } from '@grimoire/contracts/mutants'
import { openBench } from '@grimoire/contracts/mutation'
import { root as contracts } from '@grimoire/contracts/sources'
import { claim, type ProofRow } from './proof.ts'

const SEED = Number(process.env.SEED ?? 402)
const count = (usual: number) => Number(process.env.COUNT ?? usual)

const FUZZ_RUNS = 1_000_000
const INVARIANT_CALLS = 1_000_000
const INVARIANT_DEPTH = 1_000
const SEQUENCES = 10_000
/** The share of faults that the tests must find. */
const KILLED = 0.95

function forge(args: string[], extra: NodeJS.ProcessEnv): { passed: number; failed: number } {
  const env = { ...process.env, FOUNDRY_PROFILE: 'tests', FOUNDRY_FUZZ_SEED: `0x${SEED.toString(16)}`, ...extra }
  const { stdout } = spawnSync(forgeBinary(), ['test', ...args], {
    cwd: contracts,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const summary = /(\d+) tests passed, (\d+) failed/.exec(stdout)
  if (!summary) throw new Error(`forge ran no test:\n${stdout.slice(-2_000)}`)
  process.stdout.write(stdout.slice(-4_000))
  return { passed: Number(summary[1]), failed: Number(summary[2]) }
}

const fuzz = () =>
  claim({ name: 'runs of each fuzz test of money', seed: SEED }, async () => {
    const runs = count(FUZZ_RUNS)
    const { passed, failed } = forge(['--match-test', '^testFuzz_money_'], { FOUNDRY_FUZZ_RUNS: `${runs}` })
    return { n: runs * (passed + failed), failures: failed, tests: passed + failed }
  })

const invariants = () =>
  claim({ name: 'calls under every invariant', seed: SEED }, async () => {
    const calls = count(INVARIANT_CALLS)
    const runs = Math.max(1, Math.round(calls / INVARIANT_DEPTH))
    const { failed } = forge(['--match-path', 'test/invariant/*', '--match-test', '^invariant_'], {
      FOUNDRY_INVARIANT_RUNS: `${runs}`,
      FOUNDRY_INVARIANT_DEPTH: `${INVARIANT_DEPTH}`,
    })
    return { n: runs * INVARIANT_DEPTH, failures: failed }
  })

const differential = () =>
  claim({ name: 'sequences equal to the model’s', seed: SEED }, async () => {
    const n = count(SEQUENCES)
    const { status } = spawnSync('node', ['--test', join(contracts, 'model', 'differential.test.ts')], {
      env: { ...process.env, GRIMOIRE_SEQUENCES: `${n}`, GRIMOIRE_SEED: `${SEED}` },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    return { n, failures: status === 0 ? 0 : 1 }
  })

const mutants = () =>
  claim({ name: 'faults found by the Solidity tests', seed: SEED }, async () => {
    const bench = openBench()
    try {
      if (!bench.isSound()) throw new Error('the tests fail without a fault: run "npm test -- solidity" first')
      const verdicts = MUTANTS.slice(0, count(MUTANTS.length)).map(mutant => {
        const verdict = bench.judge(mutant)
        const why = verdict.outcome === 'survived' && mutant.survives ? ` (${mutant.survives})` : ''
        process.stdout.write(`${verdict.outcome.padEnd(16)} ${mutant.file}: ${mutant.find}${why}\n`)
        return verdict
      })
      const killed = verdicts.filter(({ outcome }) => outcome === 'killed').length
      const goal = killed / verdicts.length >= KILLED ? 'met' : 'missed'
      return { n: verdicts.length, failures: verdicts.length - killed, goal: `${KILLED * 100} % ${goal}` }
    } finally {
      bench.close()
    }
  })

const PARTS: Record<string, () => Promise<ProofRow>> = { fuzz, invariants, differential, mutants }

export async function proof(wanted: readonly string[]): Promise<ProofRow[]> {
  const names = wanted.length ? wanted : Object.keys(PARTS)
  const unknown = names.filter(name => !Object.hasOwn(PARTS, name))
  if (unknown.length) throw new RangeError(`no such part: ${unknown.join(', ')}. Use ${Object.keys(PARTS).join(', ')}.`)
  const rows: ProofRow[] = []
  for (const name of names) {
    const part = PARTS[name]
    if (part) rows.push(await part())
  }
  return rows
}
