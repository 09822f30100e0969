/**
 * `npm run proof -- contracts [fuzz|invariants|differential|mutants|coverage …]`: the long runs of the ledger's tests. Hours
 * in all; one part by its name. SEED, and COUNT for a shorter run, come from the environment.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FileCoverage, type Gap, measureCoverage, unexplained } from '@grimoire/contracts/coverage'
import { forgeBinary } from '@grimoire/contracts/foundry'
import { MUTANTS } from '@grimoire/contracts/mutants'
import { openBench } from '@grimoire/contracts/mutation'
import { root as contracts } from '@grimoire/contracts/sources'
import { claim, type ProofRow, prove } from './proof.ts'

const SEED = Number(process.env.SEED ?? 402)
const count = (usual: number) => Number(process.env.COUNT ?? usual)

const FUZZ_RUNS = 1_000_000
const INVARIANT_CALLS = 1_000_000
const INVARIANT_DEPTH = 1_000
const SEQUENCES = 10_000
/** The share of faults that the tests must find. */
const KILLED = 0.95

/** Runs forge in the ledger's folder; what it prints comes back once it ends. */
function forge(args: string[], extra: NodeJS.ProcessEnv): { status: number | null; stdout: string } {
  return spawnSync(forgeBinary(), args, {
    cwd: contracts,
    env: { ...process.env, ...extra },
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Tests deploy the code that ships, so that is compiled first. */
function forgeTest(args: string[], extra: NodeJS.ProcessEnv): { passed: number; failed: number } {
  const built = forge(['build', 'src'], { FOUNDRY_PROFILE: 'default' })
  if (built.status !== 0) throw new Error(`the ledger does not compile:\n${built.stdout.slice(-2_000)}`)
  const seed = `0x${SEED.toString(16)}`
  const { stdout } = forge(['test', ...args], { FOUNDRY_PROFILE: 'tests', FOUNDRY_FUZZ_SEED: seed, ...extra })
  const summary = /(\d+) tests passed, (\d+) failed/.exec(stdout)
  if (!summary) throw new Error(`forge ran no test:\n${stdout.slice(-2_000)}`)
  process.stdout.write(stdout.slice(-4_000))
  return { passed: Number(summary[1]), failed: Number(summary[2]) }
}

const fuzz = () =>
  claim({ name: 'runs of each fuzz test of money', seed: SEED }, async () => {
    const runs = count(FUZZ_RUNS)
    const { passed, failed } = forgeTest(['--match-test', '^testFuzz_money_'], {
      FOUNDRY_FUZZ_RUNS: `${runs}`,
    })
    return { n: runs * (passed + failed), failures: failed, tests: passed + failed }
  })

const invariants = () =>
  claim({ name: 'calls under every invariant', seed: SEED }, async () => {
    const runs = Math.max(1, Math.round(count(INVARIANT_CALLS) / INVARIANT_DEPTH))
    const { failed } = forgeTest(['--match-path', 'test/invariant/*', '--match-test', '^invariant_'], {
      FOUNDRY_INVARIANT_RUNS: `${runs}`,
      FOUNDRY_INVARIANT_DEPTH: `${INVARIANT_DEPTH}`,
    })
    return { n: runs * INVARIANT_DEPTH, failures: failed }
  })

const differential = () =>
  claim({ name: 'sequences equal to the model’s', seed: SEED }, async () => {
    const n = count(SEQUENCES)
    const { status } = spawnSync(
      process.execPath,
      ['--test', join(contracts, 'model', 'differential.test.ts')],
      {
        env: { ...process.env, GRIMOIRE_SEQUENCES: `${n}`, GRIMOIRE_SEED: `${SEED}` },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    )
    return { n, failures: status === 0 ? 0 : 1 }
  })

const mutants = () =>
  claim({ name: 'faults found by the Solidity tests', seed: SEED }, async () => {
    const bench = openBench(SEED)
    try {
      const unsound = bench.unsound()
      if (unsound) throw new Error(`the tests fail without a fault: ${unsound}`)
      const verdicts = MUTANTS.slice(0, count(MUTANTS.length)).map(mutant => {
        const verdict = bench.judge(mutant)
        const why = verdict.by ?? (verdict.outcome === 'survived' ? mutant.survives : undefined)
        const said = why ? ` (${why})` : ''
        process.stdout.write(`${verdict.outcome.padEnd(16)} ${mutant.file}: ${mutant.find}${said}\n`)
        return verdict
      })
      const killed = verdicts.filter(({ outcome }) => outcome === 'killed').length
      const unexplained = verdicts.filter(({ outcome, mutant }) => outcome !== 'killed' && !mutant.survives)
      const goal = `${KILLED * 100} % ${killed / verdicts.length >= KILLED ? 'met' : 'missed'}`
      return { n: verdicts.length, failures: verdicts.length - killed, unexplained: unexplained.length, goal }
    } finally {
      bench.close()
    }
  })

function printCoverage(files: readonly FileCoverage[], unsaid: ReadonlySet<Gap>): void {
  for (const { file, lines, linesHit, branches, branchesHit } of files) {
    process.stdout.write(
      `${file.padEnd(36)} lines ${linesHit}/${lines}  branches ${branchesHit}/${branches}\n`,
    )
  }
  for (const gap of files.flatMap(({ gaps }) => gaps)) {
    const said = unsaid.has(gap) ? 'not explained' : 'explained'
    process.stdout.write(`${gap.what} not reached, ${said}: src/${gap.file}:${gap.line}: ${gap.text}\n`)
  }
}

/** A failure is what no test reaches and COVERAGE.md does not explain. */
async function coverage(): Promise<ProofRow[]> {
  const page = readFileSync(join(contracts, 'test', 'COVERAGE.md'), 'utf8')
  let files: FileCoverage[] = []
  const figures = (what: Gap['what'], n: number) => {
    const gaps = files.flatMap(({ gaps }) => gaps).filter(gap => gap.what === what)
    return { n, failures: unexplained(gaps, page).length, reached: n - gaps.length }
  }
  const lines = await claim({ name: 'lines reached or explained', seed: SEED }, async () => {
    files = measureCoverage(SEED)
    const gaps = files.flatMap(({ gaps }) => gaps)
    printCoverage(files, new Set(unexplained(gaps, page)))
    return figures(
      'line',
      files.reduce((sum, { lines }) => sum + lines, 0),
    )
  })
  const branches = await claim({ name: 'branches reached or explained', seed: SEED }, async () =>
    figures(
      'branch',
      files.reduce((sum, { branches }) => sum + branches, 0),
    ),
  )
  return [lines, branches]
}

const PARTS: Record<string, () => Promise<ProofRow | ProofRow[]>> = {
  fuzz,
  invariants,
  differential,
  mutants,
  coverage,
}

await prove('contracts', async wanted => {
  const names = wanted.length ? wanted : Object.keys(PARTS)
  const unknown = names.filter(name => !Object.hasOwn(PARTS, name))
  if (unknown.length) {
    throw new RangeError(`no such part: ${unknown.join(', ')}. Use ${Object.keys(PARTS).join(', ')}.`)
  }
  const rows: ProofRow[] = []
  for (const name of names) {
    const part = PARTS[name]
    if (part) rows.push(...[await part()].flat())
  }
  return rows
})
