/** Refusals on their way to the journal: counted in memory and written now and then, so that strangers cannot make the disk work. */
import type { Journal } from '../journal.ts'
import { type Log, reasonOf } from '../log.ts'

const WRITE_EVERY_MS = 2_000

export class Refusals {
  readonly #journal: Pick<Journal, 'refused'>
  readonly #counts = new Map<string, { workId: string; code: string; times: number }>()
  readonly #timer: NodeJS.Timeout
  readonly #log: Log
  #failing = false

  constructor(journal: Pick<Journal, 'refused'>, log: Log) {
    this.#journal = journal
    this.#log = log
    this.#timer = setInterval(() => this.write(), WRITE_EVERY_MS)
    this.#timer.unref()
  }

  note(workId: string, code: string): void {
    const key = `${workId} ${code}`
    const known = this.#counts.get(key)
    if (known) known.times++
    else this.#counts.set(key, { workId, code, times: 1 })
  }

  /** A disk that is full ends nothing here: what could not be written is counted on, and tried again. */
  write(): void {
    try {
      for (const [key, { workId, code, times }] of this.#counts) {
        this.#journal.refused(workId, code, times)
        this.#counts.delete(key)
      }
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#log({ event: 'journal_failed', reason: reasonOf(error) })
      this.#failing = true
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.write()
  }
}
