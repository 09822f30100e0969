/**
 * Runs the ledger's Solidity tests; further arguments go to forge. The last line says how many passed. With `--update`
 * it runs those that measure, and writes what they measure to snapshots/.
 *
 * Fuzz tests of money, `testFuzz_money_*`, run 20,000 times each beside everything else; FOUNDRY_FUZZ_RUNS,
 * FOUNDRY_INVARIANT_RUNS, FOUNDRY_INVARIANT_DEPTH and FOUNDRY_FUZZ_SEED change what is run.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { differingContracts } from './artifacts.ts'
import { forgeBinary } from './foundry.ts'
import { root } from './sources.ts'

const MONEY_TESTS = '^testFuzz_money_'
const MONEY_RUNS = '20000'
const MEASURING = ['--match-path', 'test/{Gas*,GateCost*,Sizes*}']

type Outcome = { passed: number; failed: number; broke: boolean }

const compiles = (args: string[], profile: string): boolean => {
  const env = { ...process.env, FOUNDRY_PROFILE: profile }
  return (
    spawnSync(forgeBinary(), args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  )
}

/** Runs forge and counts. A filter of the caller's that leaves nothing to run here is no failure of its own. */
const forgeTest = async (
  filters: string[],
  extra: NodeJS.ProcessEnv,
  show: 'live' | 'after',
): Promise<Outcome> => {
  const forge = spawn(forgeBinary(), ['test', ...filters], {
    cwd: root,
    env: { ...process.env, ...extra, FOUNDRY_PROFILE: 'tests' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  forge.stdout.on('data', (chunk: Buffer) => {
    if (show === 'live') process.stdout.write(chunk)
    chunks.push(chunk)
  })
  const [code] = (await once(forge, 'close')) as [number | null]
  const output = Buffer.concat(chunks).toString('utf8')
  if (show === 'after') process.stdout.write(output)
  // forge's own last line, past any colour: "Ran 9 test suites in 4.5s (7s CPU time): 120 tests passed, 0 failed, …"
  const summary = /(\d+) tests passed, (\d+) failed/.exec(output)
  const failed = Number(summary?.[2] ?? 0)
  const isEmpty = /No tests (found|match)/.test(output)
  return { passed: Number(summary?.[1] ?? 0), failed, broke: code !== 0 && failed === 0 && !isEmpty }
}

// What ships is compiled first, as it ships; the tests deploy that. The tests too, before two forges want them at once.
const updates = process.argv.includes('--update')
if (updates) process.env.GRIMOIRE_UPDATE_SNAPSHOTS = 'true'
const args = updates ? MEASURING : process.argv.slice(2)
if (!compiles(['build', 'src'], 'default') || !compiles(['test', ...args, '--list'], 'tests')) {
  console.log('0 passed, 1 failed')
  process.exit(1)
}
// The Solidity tests deploy this build, TypeScript deploys generated/: a test of its own says that they are the same.
const differing = differingContracts()
// Whoever names tests gets those, as often as the environment says.
const isNamed = args.some(arg => /^--(no-)?match-test|^--n?mt\b/.test(arg))
const outcomes = isNamed
  ? [await forgeTest(args, {}, 'live')]
  : await Promise.all([
      forgeTest([...args, '--no-match-test', MONEY_TESTS], {}, 'live'),
      forgeTest(
        [...args, '--match-test', MONEY_TESTS],
        { FOUNDRY_FUZZ_RUNS: process.env.FOUNDRY_FUZZ_RUNS ?? MONEY_RUNS },
        'after',
      ),
    ])

const same = differing.length === 0
const passed = outcomes.reduce((sum, { passed: some }) => sum + some, same ? 1 : 0)
const failed = outcomes.reduce((sum, { failed: some, broke }) => sum + some + (broke ? 1 : 0), same ? 0 : 1)
const ranNothing = outcomes.every(outcome => outcome.passed + outcome.failed === 0)
if (ranNothing) console.error('forge ran no test: see its messages above.')
console.log(
  same
    ? '[PASS] generated/ is byte for byte what the sources compile to'
    : `[FAIL] generated/ is not what the sources compile to (${differing.join(', ')}): run "node contracts/compile.ts" and commit what it writes.`,
)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && !ranNothing ? 0 : 1
