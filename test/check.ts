/** `npm run check`: types, lint, unused exports, boundaries, and generated files that must be fresh. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

type Step = { name: string; command: string[]; mend: string }

/** Each further checker works out the same types of the libraries again: with four, twice the work in twice the time. */
const TSC = ['tsc', '--checkers', '1', '-p']

const STEPS: Step[] = [
  {
    name: 'lint',
    command: ['biome', 'check', '--error-on-warnings', '.'],
    mend: 'npx biome check --write .',
  },
  { name: 'types', command: [...TSC, 'tsconfig.json'], mend: 'correct the types' },
  { name: 'types of the worker', command: [...TSC, 'worker/tsconfig.json'], mend: 'correct the types' },
  {
    name: 'types of the worker’s tests',
    command: [...TSC, 'worker/tsconfig.node.json'],
    mend: 'correct the types',
  },
  { name: 'unused exports', command: ['knip', '--no-progress'], mend: 'remove them, or use them' },
  {
    name: 'ABIs and bytecode fresh',
    command: ['node', 'contracts/compile.ts', '--check'],
    mend: 'npm run contracts',
  },
  {
    name: 'trees, Solidity tests and ABIs agree',
    command: ['node', 'contracts/trees.ts'],
    mend: 'write the leaf, the test or the tree that is named; contracts/trees.ts says how',
  },
  {
    name: 'error page fresh',
    command: ['node', 'schema/errors-page.ts', '--check'],
    mend: 'npm run errors',
  },
  { name: 'migrations fresh', command: ['node', 'schema/migrate.ts', '--check'], mend: 'npm run migrations' },
  {
    name: 'API described, deployments alike',
    command: ['node', 'worker/publish-api.ts', '--check'],
    mend: 'npm run api, and what is named',
  },
  {
    name: 'boundaries',
    command: ['node', '--test', '--test-reporter=dot', 'test/boundaries.test.ts'],
    mend: 'see ARCHITECTURE.md',
  },
]

function run({ command }: Step): Promise<{ code: number; output: string }> {
  const [program = '', ...args] = command
  return new Promise(resolve => {
    let output = ''
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', data => {
        output += data
      })
    }
    child.on('error', error => resolve({ code: 127, output: error.message }))
    child.on('close', code => resolve({ code: code ?? 1, output }))
  })
}

let failed = 0
for (const step of STEPS) {
  const started = performance.now()
  const { code, output } = await run(step)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)\n`)
  if (code !== 0) {
    failed += 1
    process.stdout.write(`${output.trim()}\n     mend: ${step.mend}\n`)
  }
}
process.stdout.write(`check: ${STEPS.length - failed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
