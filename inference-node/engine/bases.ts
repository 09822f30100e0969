/** The base models that this node runs, each in an engine of its own: which one answers a work, and that none takes another down. */
import { Problem } from '@grimoire/schema/problem'
import type { EnginePort } from './port.ts'
import type { Opening } from './protocol.ts'

export type Base = { engine: EnginePort; base: { name: string; sha256: string } }

const MAX_LEFT = 1_000

export class Bases {
  readonly first: Base
  readonly #bySha256: ReadonlyMap<string, Base>
  /** The works that are admitted, by the base that they were made for. */
  readonly #works = new Map<string, Base>()
  /** Those that were forgotten last: an answer of theirs may still be on its way to its receipt. */
  readonly #left = new Map<string, Base>()

  constructor(first: Base, others: readonly Base[] = []) {
    this.first = first
    this.#bySha256 = new Map([...others, first].map(one => [one.base.sha256, one]))
  }

  get all(): Base[] {
    return [...new Set([this.first, ...this.#bySha256.values()])]
  }

  /** A node without a work's base refuses it before anyone pays. */
  require({ name, sha256 }: { name: string; sha256: string }): Base {
    const found = this.#bySha256.get(sha256)
    if (found) return found
    const expected = this.all.map(({ base }) => base.sha256).join(', ')
    throw new Problem('base_mismatch', { got: `${name} ${sha256}`, expected })
  }

  /** Of a work that is admitted, or was when it was last answered. */
  of(work: string): Base {
    return this.#works.get(work) ?? this.#left.get(work) ?? this.first
  }

  admit(
    work: string,
    made: { name: string; sha256: string },
    opened: { adapter?: Uint8Array; opening?: Opening },
  ) {
    const base = this.require(made)
    base.engine.admit(work, opened.adapter, opened.opening)
    this.#works.set(work, base)
    this.#left.delete(work)
  }

  async forget(work: string): Promise<void> {
    const base = this.of(work)
    if (this.#works.delete(work) && base !== this.first) {
      this.#left.set(work, base)
      const [oldest] = this.#left.keys()
      if (this.#left.size > MAX_LEFT && oldest !== undefined) this.#left.delete(oldest)
    }
    await base.engine.forget(work)
  }

  /** How many works it holds anything of. */
  get remembered(): number {
    return this.#works.size + this.#left.size
  }

  get busy(): number {
    return this.all.reduce((sum, { engine }) => sum + engine.turnstile.busy, 0)
  }
  get waiting(): number {
    return this.all.reduce((sum, { engine }) => sum + engine.turnstile.waiting, 0)
  }
  /** While one answers, the node has something to serve. */
  get alive(): boolean {
    return this.all.some(({ engine }) => engine.alive)
  }

  async renew(): Promise<void> {
    await Promise.all(this.all.map(({ engine }) => engine.renew()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map(({ engine }) => engine.stop()))
  }
}
