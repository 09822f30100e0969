/** Brings committed rows to the disk: many commits with one flush, and without holding up anything else meanwhile. */
import { type FileHandle, open } from 'node:fs/promises'
import type { State } from './state.ts'

/** What nobody waits for (grants, refusals) is on the disk this soon after it was committed. */
const FLUSH_EVERY_MS = 50

/**
 * SQLite commits to its write-ahead log without a flush of its own (`synchronous = NORMAL`): that survives a kill of the
 * process. A power cut it survives from here on: one flush of the log covers every commit before it. Checkpoints flush
 * the log and the database by themselves, so what is not in the log any more is safe already.
 */
export class Flush {
  readonly #state: State
  #log: Promise<FileHandle> | undefined
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** After a failed flush the system may call pages clean that never reached the disk: only a checkpoint mends that. */
  #broken = false
  #timer: NodeJS.Timeout | undefined

  constructor(state: State) {
    this.#state = state
  }

  /** Flushes by itself as well, whenever something was written. */
  start(): void {
    const changes = this.#state.prepare('SELECT total_changes() AS total')
    let flushed = changes.get()?.total
    this.#timer = setInterval(() => {
      if (!this.#state.isOpen) return this.stop()
      const total = changes.get()?.total
      if (total === flushed) return
      this.done().then(
        () => {
          flushed = total
        },
        () => {}, // Tried again at the next tick; whoever waits for a voucher is told.
      )
    }, FLUSH_EVERY_MS)
    this.#timer.unref()
  }

  /** Resolves when all that was committed before this call is on the disk. */
  done(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#running = this.#flush()
        this.#next = undefined
        return this.#running
      })
    return this.#next
  }

  async #flush(): Promise<void> {
    try {
      if (!this.#broken) return await (await this.#open()).datasync()
    } catch (error) {
      this.#broken = true
      if (!this.#state.isOpen) throw error
    }
    const { busy } = this.#state.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() ?? {}
    if (busy !== 0) throw new Error('the ledger cannot be brought to the disk')
    this.#broken = false
  }

  #open(): Promise<FileHandle> {
    this.#log ??= open(`${this.#state.location()}-wal`, 'r+').catch(error => {
      this.#log = undefined
      throw error
    })
    return this.#log
  }

  stop(): void {
    clearInterval(this.#timer)
    void this.#log?.then(file => file.close()).catch(() => {})
    this.#log = undefined
  }
}

const flushes = new WeakMap<State, Flush>()

/** The one flush of a database: those who wait for it share it. */
export function flushOf(state: State): Flush {
  const known = flushes.get(state) ?? new Flush(state)
  flushes.set(state, known)
  return known
}
