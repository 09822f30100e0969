/** `npm test`: the check, then every suite with its own time limit; ends with one line, `N passed, N failed`. */
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const MINUTE_MS = 60_000

type Suite = { name: string; command: string[]; limitMs: number }
type Outcome = { name: string; passed: number; failed: number; seconds: number }

/** Files run one after another: each has its own chain and processes, and two of them already fill two cores. */
const files = (name: string, patterns: string[], limitMinutes: number): Suite => ({
  name,
  command: [
    'node',
    '--test',
    '--test-concurrency=1',
    '--test-timeout=300000',
    '--test-reporter=spec',
    ...patterns
      .flatMap(pattern => globSync(pattern, { cwd: root }))
      .filter(file => !file.includes('node_modules'))
      .sort(),
  ],
  limitMs: limitMinutes * MINUTE_MS,
})

const SUITES: Suite[] = [
  { name: 'check', command: ['node', 'test/check.ts'], limitMs: 3 * MINUTE_MS },
  files('schema', ['schema/*.test.ts'], 1),
  { name: 'contracts', command: ['node', 'contracts/forge-test.ts'], limitMs: 6 * MINUTE_MS },
  files('contracts, from TypeScript', ['contracts/*.test.ts'], 2),
  files('seal and key-node', ['seal/**/*.test.ts', 'key-node/**/*.test.ts'], 4),
  files('edge', ['worker/**/*.test.ts'], 3),
  files('client', ['client/**/*.test.ts'], 3),
  files('node', ['inference-node/**/*.test.ts'], 4),
  files('devnet', ['devnet/**/*.test.ts'], 3),
  files('path', ['test/**/*.test.ts'], 6),
]

/** Reads what a suite counted, in the words of node's runner or of our own runners. */
function counts(output: string): { passed: number; failed: number } | null {
  const own = [...output.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed/gm)].at(-1)
  if (own) return { passed: Number(own[1]), failed: Number(own[2]) }
  const pass = [...output.matchAll(/^ℹ pass (\d+)/gm)].at(-1)
  const fail = [...output.matchAll(/^ℹ (?:fail|cancelled) (\d+)/gm)]
  return pass ? { passed: Number(pass[1]), failed: fail.reduce((sum, row) => sum + Number(row[1]), 0) } : null
}

function run(suite: Suite): Promise<Outcome> {
  const [program = '', ...args] = suite.command
  const started = performance.now()
  return new Promise(resolve => {
    let output = ''
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const limit = setTimeout(() => child.kill('SIGTERM'), suite.limitMs)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', data => {
        output += data
        process.stdout.write(data)
      })
    }
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      const counted = counts(output) ?? { passed: 0, failed: 0 }
      // A runner that died, or was ended at its limit, has failed whatever it counted before.
      const failed = counted.failed + (code !== 0 && counted.failed === 0 ? 1 : 0)
      if (signal) process.stdout.write(`${suite.name} was ended after ${suite.limitMs / MINUTE_MS} minutes\n`)
      resolve({
        name: suite.name,
        passed: counted.passed,
        failed,
        seconds: (performance.now() - started) / 1000,
      })
    })
  })
}

const wanted = process.argv.slice(2)
const chosen = SUITES.filter(suite => wanted.length === 0 || wanted.includes(suite.name))
if (chosen.length === 0) {
  process.stderr.write(
    `There is no suite "${wanted.join(' ')}".\nUse one of: ${SUITES.map(suite => suite.name).join(', ')}.\n`,
  )
  process.exit(1)
}
const outcomes: Outcome[] = []
for (const suite of chosen) {
  process.stdout.write(`\n--- ${suite.name}\n`)
  outcomes.push(await run(suite))
}
process.stdout.write('\n')
for (const { name, passed, failed, seconds } of outcomes) {
  process.stdout.write(
    `${failed ? 'FAIL' : 'ok  '} ${name}: ${passed} passed, ${failed} failed, ${seconds.toFixed(0)} s\n`,
  )
}
const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0)
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exit(sum('failed') === 0 ? 0 : 1)
