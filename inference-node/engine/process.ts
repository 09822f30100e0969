/** One engine process: asks go out, answers and pieces come back, and its death rejects whatever was still asked. */
import { type ChildProcess, fork } from 'node:child_process'
import { Problem, type ProblemCode, problems } from '@grimoire/schema/problem'
import type { Ask, FromChild } from './protocol.ts'

type Pending = {
  resolve(value: unknown): void
  reject(error: Error): void
  onPiece?: (text: string) => void
}

/**
 * What the engine is left with: no environment (so no key), no writing except to memory-backed files. It may fork,
 * because node-llama-cpp tries its binary in a process of its own first. Node's permissions do not bind native code;
 * a container around the node has to do that.
 */
const SANDBOX = [
  '--permission',
  '--allow-addons',
  '--allow-child-process',
  '--allow-fs-read=*',
  '--allow-fs-write=/dev/shm',
]

export class EngineProcess {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  readonly gone: Promise<string>
  #nextId = 1
  #alive = true

  constructor() {
    this.#child = fork(new URL('./child.ts', import.meta.url), [], {
      serialization: 'advanced',
      env: {},
      execArgv: [...SANDBOX, '--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
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
  get pid(): number | undefined {
    return this.#child.pid
  }

  ask(ask: Ask, onPiece?: (text: string) => void): { id: number; answer: Promise<unknown> } {
    const id = this.#nextId++
    const answer = new Promise<unknown>((resolve, reject) => {
      if (!this.#alive) return reject(new Problem('engine_failed', { got: 'a stopped engine' }))
      this.#pending.set(id, { resolve, reject, ...(onPiece ? { onPiece } : {}) })
      this.#child.send({ ...ask, id })
    })
    return { id, answer }
  }

  #take(message: FromChild): void {
    const pending = this.#pending.get(message.id)
    if (!pending) return
    if (message.kind === 'piece') {
      pending.onPiece?.(message.text)
      return
    }
    this.#pending.delete(message.id)
    if (message.kind === 'done') pending.resolve(message.value)
    else pending.reject(failureOf(message))
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function failureOf({ code, got, expected }: Extract<FromChild, { kind: 'failed' }>): Problem {
  const known = code in problems && code !== 'internal' ? code : 'engine_failed'
  return new Problem(known as ProblemCode, {
    // Safety: `known` is a row of the table.
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
  })
}
