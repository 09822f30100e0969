/** Child processes of the devnet: started in their own group, awaited until ready, ended by pid and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Problem } from '@grimoire/schema/problem'

export type Running = {
  pid: number
  /** Ends it kindly, then firmly; resolves when it is gone. */
  stop(): Promise<void>
  /** As a power cut would. */
  kill(): Promise<void>
  /** The last lines it printed, for a message when it dies. */
  tail(): string
  exited: Promise<number | null>
}

const STOP_PATIENCE_MS = 8_000
const TAIL_CHARACTERS = 4_000

export type Command = {
  name: string
  program: string
  args: string[]
  env?: Record<string, string | undefined>
}

const started = new Set<ChildProcess>()
let watching = false

/** However this process ends, short of being killed itself: what it started ends with it. */
function endWithUs(child: ChildProcess): void {
  if (started.size === 0 && !watching) {
    watching = true
    process.once('exit', () => {
      for (const one of started) one.kill('SIGKILL')
    })
  }
  started.add(child)
  child.once('exit', () => started.delete(child))
}

/**
 * Starts a program in a process group of its own: Ctrl-C in a terminal reaches the devnet alone, which then stops its
 * parts in order, the chain last.
 */
export function startProcess({ name, program, args, env }: Command): {
  running: Running
  child: ChildProcess
} {
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  endWithUs(child)
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', data => {
      tail = (tail + data).slice(-TAIL_CHARACTERS)
    })
  }
  const exited = new Promise<number | null>(resolve => {
    child.once('exit', code => resolve(code))
    child.once('error', error => {
      tail += error.message
      resolve(127)
    })
  })
  const alive = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined
  const end = async (signal: NodeJS.Signals) => {
    if (alive()) child.kill(signal)
    const firm = setTimeout(() => alive() && child.kill('SIGKILL'), STOP_PATIENCE_MS)
    await exited
    clearTimeout(firm)
  }
  if (child.pid === undefined) tail ||= `${name} could not be started`
  return {
    child,
    running: {
      pid: child.pid ?? 0,
      stop: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
      tail: () => tail.trim(),
      exited,
    },
  }
}

/** Starts one of our own processes and waits for its ready line, a JSON object on stdout with `ready: true`. */
export async function startService(command: Command, timeoutMs = 60_000): Promise<Running & { url: string }> {
  const { running, child } = startProcess(command)
  const ready = new Promise<string>(resolve => {
    let text = ''
    child.stdout?.on('data', data => {
      text += data
      const line = text.split('\n').find(row => row.startsWith('{"ready":true'))
      const url = line ? (JSON.parse(line) as { url?: string }).url : undefined // Safety: our own line; the field is checked.
      if (url) resolve(url)
    })
  })
  const outcome = await Promise.race([
    ready.then(url => ({ url })),
    running.exited.then(code => ({ failure: `ended with exit code ${code}` })),
    once(AbortSignal.timeout(timeoutMs), 'abort').then(() => ({
      failure: `was not ready after ${timeoutMs / 1000} s`,
    })),
  ])
  if ('url' in outcome) return { ...running, url: outcome.url }
  await running.stop()
  throw new Problem('config_invalid', {
    detail: `${command.name} ${outcome.failure}: ${running.tail().slice(-1_200)}`,
  })
}
