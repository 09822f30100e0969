/** One engine process: asks go out, answers and pieces come back, and its death rejects whatever was still asked. */
import { type ChildProcess, fork } from 'node:child_process'
import { writeFile } from 'node:fs'
import { Problem, type ProblemCode, problems } from '@grimoire/schema/problem'
import type { Ask, FromChild, PromptProgress, SpokenCall } from './protocol.ts'
import { INFO_FD, NODE_PERMISSIONS, type Walls } from './sandbox.ts'

type Pending = {
  resolve(value: unknown): void
  reject(error: Error): void
  heard?: Heard
  /** What whoever listens threw: the answer ends with it. */
  broken?: Error
}

/** What an answer says on its way: an empty piece says only that a token came. */
type Heard = {
  onPiece(text: string): void
  onCall(call: SpokenCall): void
  onProgress(progress: PromptProgress): void
}

/** When memory runs out, the kernel ends an engine before it ends the node: turns are free, vouchers are not lost. */
const FIRST_TO_GO = '900'

/** What says where a graphics card and its driver are; nothing else of the environment reaches the engine. */
const GPU_VARIABLES = [
  'CUDA_VISIBLE_DEVICES',
  'GGML_VK_VISIBLE_DEVICES',
  'LD_LIBRARY_PATH',
  'VK_DRIVER_FILES',
]

/**
 * glibc gives freed pieces of this size back to the kernel at once, whatever was freed before. To have small ones
 * overwritten too (MALLOC_PERTURB_) made a change of adapter cost as much as ten tokens: they go with the process.
 */
const FREEING = { MALLOC_MMAP_THRESHOLD_: '65536' }

function start({ before }: Walls): ChildProcess {
  const [program, ...walls] = [...before, process.execPath]
  const env = Object.fromEntries(
    GPU_VARIABLES.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])),
  )
  const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning']
  return fork(new URL('./child.ts', import.meta.url), [], {
    serialization: 'advanced',
    env: { ...env, ...FREEING, HOME: '/' }, // node-llama-cpp asks for a home at once, and needs none.
    ...(program ? { execPath: program } : {}),
    execArgv: [...walls, ...NODE_PERMISSIONS, ...quiet, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc', ...(before.length > 0 ? (['pipe'] as const) : [])],
  })
}

export class EngineProcess {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  readonly gone: Promise<string>
  #nextId = 1
  #alive = true

  #pid: number | undefined

  constructor(walls: Walls) {
    this.#child = start(walls)
    if (walls.before.length === 0) this.#isProcess(this.#child.pid)
    else this.#child.stdio[INFO_FD]?.once('data', (told: Buffer) => this.#isProcess(startedIn(told)))
    this.#child.on('message', (message: FromChild) => this.#take(message))
    this.gone = new Promise(resolve => {
      this.#child.once('exit', (code, signal) => {
        this.#alive = false
        const how = signal ?? `exit code ${code}`
        for (const { reject } of this.#pending.values()) reject(new Problem('engine_failed', { got: how }))
        this.#pending.clear()
        resolve(how)
      })
    })
    this.#child.on('error', () => {}) // A failed send is followed by `exit`, which rejects what was asked.
  }

  get alive(): boolean {
    return this.#alive
  }
  /** Of the engine itself, inside whatever holds it. */
  get pid(): number | undefined {
    return this.#pid
  }

  #isProcess(pid: number | undefined): void {
    this.#pid = pid
    if (pid !== undefined) writeFile(`/proc/${pid}/oom_score_adj`, FIRST_TO_GO, () => {}) // Linux only; it is a wish.
  }

  ask(ask: Ask, heard?: Heard): { id: number; answer: Promise<unknown> } {
    const id = this.#nextId++
    const answer = new Promise<unknown>((resolve, reject) => {
      if (!this.#alive) return reject(new Problem('engine_failed', { got: 'a stopped engine' }))
      this.#pending.set(id, { resolve, reject, ...(heard ? { heard } : {}) })
      this.#child.send({ ...ask, id })
    })
    return { id, answer }
  }

  #take(message: FromChild): void {
    const pending = this.#pending.get(message.id)
    if (!pending) return
    if (message.kind === 'done' || message.kind === 'failed') {
      this.#pending.delete(message.id)
      if (pending.broken) pending.reject(pending.broken)
      else if (message.kind === 'done') pending.resolve(message.value)
      else pending.reject(failureOf(message))
      return
    }
    try {
      hear(pending, message)
    } catch (error) {
      this.#breakOff(message.id, pending, error)
    }
  }

  /** A listener that throws ends its own turn and no other; it is told when the engine has let go of the turn. */
  #breakOff(target: number, pending: Pending, error: unknown): void {
    pending.broken = error instanceof Error ? error : new Error(String(error))
    delete pending.heard
    this.ask({ op: 'abort', target }).answer.catch(() => {}) // With the process everything asked is rejected.
  }

  /** What holds the engine takes it along when it dies. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

type OnTheWay = Exclude<FromChild, { kind: 'done' | 'failed' }>

function hear({ heard }: Pending, message: OnTheWay): void {
  if (message.kind === 'piece') heard?.onPiece(message.text)
  else if (message.kind === 'progress') heard?.onProgress(message.progress)
  else heard?.onCall(message.call)
}

/** bubblewrap's own words: `{"child-pid": 7}`, and more in later releases. */
const startedIn = (told: Buffer): number | undefined => {
  const pid = /"child-pid":\s*(\d+)/.exec(told.toString())?.[1]
  return pid === undefined ? undefined : Number(pid)
}

function failureOf({ code, got, expected }: Extract<FromChild, { kind: 'failed' }>): Problem {
  const known = code in problems && code !== 'internal' ? code : 'engine_failed'
  return new Problem(known as ProblemCode, {
    // Safety: `known` is a row of the table.
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
  })
}
