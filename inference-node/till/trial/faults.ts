/**
 * Lets the system fail under a ledger: writes that end short because a file may not grow (everywhere), and errors of the
 * disk at any call that touches the ledger's files (where `strace` is: it answers the call in the kernel's place).
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acknowledged, faultsAt } from './books.ts'
import { hear, WRITER } from './hear.ts'
import { seeded } from './random.ts'

export type Faulted = {
  faults: number
  lost: number
  doubled: number
  unsound: number
  acknowledged: number
  /** Vouchers that were refused because of a fault; a read or a flush that is tried again refuses none. */
  refused: number
} & Record<string, number>

const CHANNELS = 4
const TRACER = 'strace'
/** A writer ends after this many failed vouchers, or after this time. */
const FAILURES = 12
const LIFE_MS = 4_000
const LIVES_OF_ONE = 12
const CALLS = 'pwrite64,pread64,fsync,fdatasync,ftruncate'
const ERRORS = ['EIO', 'ENOSPC'] as const

type Way = {
  name: string
  command(directory: string, random: () => number): string[]
  count(failed: number): number
}

const writer = (directory: string) => [
  process.execPath,
  WRITER,
  directory,
  String(CHANNELS),
  String(FAILURES),
]

/** No file of this process may grow beyond so many kilobytes: a write that would ends short, the next one fails. */
const growth: Way = {
  name: 'growth',
  command: (directory, random) => [
    'bash',
    ...['-c', 'ulimit -f "$1"; shift; exec "$@"', 'bash'],
    String(100 + Math.floor(random() * 1_500)),
    ...writer(directory),
  ],
  count: failed => failed,
}

const traceOf = (directory: string) => `${directory}.trace`
const injection = (error: (typeof ERRORS)[number]): Way => {
  let directory = ''
  return {
    name: error,
    command: (where, random) => {
      directory = where
      const files = ['node.sqlite', 'node.sqlite-wal'].flatMap(file => ['-P', join(where, file)])
      const when = `${1 + Math.floor(random() * 300)}+${2 + Math.floor(random() * 40)}`
      return [
        ...[TRACER, '-f', '-qqq', '-o', traceOf(where), ...files, '-e', `trace=${CALLS}`],
        ...['-e', `inject=${CALLS}:error=${error}:when=${when}`, ...writer(where)],
      ]
    },
    count: () => {
      if (!existsSync(traceOf(directory))) return 0
      return readFileSync(traceOf(directory), 'utf8').split('(INJECTED)').length - 1
    },
  }
}

export const canInject = (): boolean => spawnSync(TRACER, ['-qqq', '-o', '/dev/null', 'true']).status === 0

async function live(directory: string, heard: Acknowledged, [program = '', ...args]: string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  const life = hear(child, heard)
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const timer = setTimeout(end, LIFE_MS)
  await new Promise(resolve => child.once('close', resolve))
  clearTimeout(timer)
  return { ...life, broken: faultsAt(directory, heard) }
}

export async function injectFaults(faults: number, seed: number): Promise<Faulted> {
  const random = seeded(seed)
  const ways = [growth, ...(canInject() ? ERRORS.map(injection) : [])]
  const done: Faulted = { faults: 0, lost: 0, doubled: 0, unsound: 0, acknowledged: 0, refused: 0 }
  for (let lives = 0; done.faults < faults; ) {
    const directory = mkdtempSync(join(tmpdir(), 'grimoire-faults-'))
    const heard: Acknowledged = new Map()
    for (let life = 0; life < LIVES_OF_ONE && done.faults < faults; life++) {
      const way = ways[lives++ % ways.length] ?? growth
      const { acknowledged, failed, broken } = await live(directory, heard, way.command(directory, random))
      const injected = way.count(failed)
      done.faults += injected
      done[way.name] = (done[way.name] ?? 0) + injected
      done.acknowledged += acknowledged
      done.refused += failed
      for (const fault of broken) done[fault]++
      if (broken.length > 0) process.stderr.write(`${way.name}, life ${lives} of seed ${seed}: ${broken}\n`)
    }
    rmSync(directory, { recursive: true })
    rmSync(traceOf(directory), { force: true })
  }
  return done
}
