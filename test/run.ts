/** `npm test`: the check, then every suite under its own time limit; ends with one line, `N passed, N failed`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, SUITES, type Suite } from './suites.ts'

type Outcome = { name: string; passed: number; failed: number; seconds: number }

const MINUTE_MS = 60_000
/** After a polite end: how long a suite may still hold its pipes. */
const PATIENCE_MS = 5_000

/** Reads what a suite counted, in the words of node's runner or of our own runners. */
function counts(output: string): { passed: number; failed: number } | null {
  const own = [...output.matchAll(/^(?:\w+: )?(\d+) passed, (\d+) failed/gm)].at(-1)
  if (own) return { passed: Number(own[1]), failed: Number(own[2]) }
  const pass = [...output.matchAll(/^ℹ pass (\d+)/gm)].at(-1)
  const fail = [...output.matchAll(/^ℹ (?:fail|cancelled) (\d+)/gm)]
  return pass ? { passed: Number(pass[1]), failed: fail.reduce((sum, row) => sum + Number(row[1]), 0) } : null
}

/** A suite runs in a group of its own, so that its files end with it, and what they started also after its runner has. */
function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    child.kill(signal)
  }
}

const PRIORITIES = {
  last: constants.priority.PRIORITY_LOW,
  'gives way': constants.priority.PRIORITY_BELOW_NORMAL,
  equal: constants.priority.PRIORITY_NORMAL,
}

/** What files would each make anew, and alike, is made once for a run. */
const ONCE = mkdtempSync(join(tmpdir(), 'grimoire-run-'))
process.once('exit', () => rmSync(ONCE, { recursive: true, force: true }))

/** Each file is a process that loads a thousand modules, most of them what the one before loaded: compiled once for all. */
const ENVIRONMENT = {
  ...process.env,
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled'),
  GRIMOIRE_TEST_RUN: ONCE,
}

const running = new Set<ChildProcess>()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) end(child, 'SIGTERM')
    process.stdout.write('\n0 passed, 1 failed\n')
    process.exit(130)
  })
}

function run(suite: Suite): Promise<Outcome> {
  const [program = '', ...args] = suite.command
  const started = performance.now()
  return new Promise(resolve => {
    let output = ''
    const child = spawn(program, args, {
      ...{ cwd: root, env: ENVIRONMENT },
      ...{ stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    })
    running.add(child)
    if (suite.beside && child.pid !== undefined) setPriority(child.pid, PRIORITIES[suite.beside])
    const finish = (code: number | null) => {
      // A suite that is ended at its limit comes here twice.
      if (!running.delete(child)) return
      clearTimeout(limit)
      if (suite.beside) process.stdout.write(`\n--- ${suite.name}, beside the others\n${output}`)
      const counted = counts(output)
      // A runner that died, was ended at its limit, or counted nothing has failed, whatever it said before.
      const broken = code !== 0 || !counted || counted.passed + counted.failed === 0
      const failed = counted?.failed || (broken ? 1 : 0)
      const seconds = (performance.now() - started) / 1000
      resolve({ name: suite.name, passed: counted?.passed ?? 0, failed, seconds })
    }
    const limit = setTimeout(() => {
      process.stdout.write(`${suite.name} is ended after ${suite.limitMinutes} minutes\n`)
      end(child, 'SIGTERM')
      setTimeout(() => {
        end(child, 'SIGKILL')
        finish(null)
      }, PATIENCE_MS)
    }, suite.limitMinutes * MINUTE_MS)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', data => {
        output += data
        if (!suite.beside) process.stdout.write(data)
      })
    }
    child.on('error', () => finish(127))
    child.on('close', finish)
  })
}

function choose(wanted: string[]): readonly Suite[] {
  const unknown = wanted.filter(name => !SUITES.some(suite => suite.name === name))
  if (unknown.length === 0)
    return wanted.length ? SUITES.filter(suite => wanted.includes(suite.name)) : SUITES
  const names = SUITES.map(suite => suite.name).join(', ')
  process.stderr.write(`There is no suite "${unknown.join('", "')}".\nUse one or more of: ${names}.\n`)
  process.exit(1)
}

async function inTurn(suites: readonly Suite[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const suite of suites) {
    if (!suite.beside) process.stdout.write(`\n--- ${suite.name}\n`)
    outcomes.push(await run(suite))
  }
  return outcomes
}

const chosen = choose(process.argv.slice(2))
const lanes = [
  chosen.filter(({ beside }) => !beside),
  chosen.filter(({ beside }) => beside && beside !== 'last'),
  chosen.filter(({ beside }) => beside === 'last'),
]
const outcomes = (await Promise.all(lanes.map(inTurn))).flat()
process.stdout.write('\n')
for (const { name, passed, failed, seconds } of outcomes) {
  const word = failed ? 'FAIL' : 'ok  '
  process.stdout.write(
    `${word} ${name.padEnd(9)} ${passed} passed, ${failed} failed, ${seconds.toFixed(0)} s\n`,
  )
}
const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0)
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exit(sum('failed') === 0 ? 0 : 1)
