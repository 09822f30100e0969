/** What the chain said, good for as long as the chain is followed and nothing was seen that could have changed it. */

/** A head that was read longer ago than this is no reason to trust what was read before it. */
const FRESH_MS = 1_500
const MAX_KNOWN = 50_000

/** What a fact hangs on; an event of the ledger touches some of these. */
export type Topic = `holder ${string}` | `work ${string}` | `operator ${string}`

export type Fact<T> = {
  key: string
  topics: readonly Topic[]
  ask(): Promise<T>
  /** How long it may be used while nobody follows the chain. */
  looseMs?: number
  /** How long it may be used at all: facts that also change with time. */
  maxAgeMs?: number
  /** Which answers are worth keeping: a refusal is asked for again, so that nobody waits for what they just bought. */
  isKept?(value: T): boolean
}

type Known = { value: unknown; topics: readonly Topic[]; atMs: number }
type Asking = { topics: readonly Topic[]; isSpoiled: boolean }

export const holderTopic = (holder: string): Topic => `holder ${holder.toLowerCase()}`
export const workTopic = (workId: string | bigint): Topic => `work ${workId}`
export const operatorTopic = (operator: string): Topic => `operator ${operator.toLowerCase()}`

export class Followed {
  readonly #known = new Map<string, Known>()
  readonly #asking = new Set<Asking>()
  #headReadAtMs = Number.NEGATIVE_INFINITY
  #sinceMs = Number.POSITIVE_INFINITY
  #head = 0n

  /** Everything up to the head that was asked for at this time has been looked at. */
  saw(headReadAtMs: number, head = 0n): void {
    this.#head = head
    this.#headReadAtMs = headReadAtMs
    this.#sinceMs = Math.min(this.#sinceMs, headReadAtMs)
  }

  /** Whether the head is known as it was a moment ago. */
  get isFresh(): boolean {
    return Date.now() - this.#headReadAtMs < FRESH_MS
  }

  get head(): bigint {
    return this.#head
  }

  /** For how long nothing on the chain was missed; 0 when the head is not fresh. */
  get followedMs(): number {
    return this.isFresh ? Math.max(0, Date.now() - this.#sinceMs) : 0
  }

  touch(topics: readonly Topic[]): void {
    if (topics.length === 0) return
    const touched = new Set(topics)
    for (const [key, known] of this.#known) {
      if (known.topics.some(topic => touched.has(topic))) this.#known.delete(key)
    }
    for (const asking of this.#asking) asking.isSpoiled ||= asking.topics.some(topic => touched.has(topic))
  }

  /** Blocks were undone, or may have been missed: nothing that was known stands. */
  reset(): void {
    this.#head = 0n
    this.#known.clear()
    for (const asking of this.#asking) asking.isSpoiled = true
    this.#headReadAtMs = Number.NEGATIVE_INFINITY
    this.#sinceMs = Number.POSITIVE_INFINITY
  }

  async get<T>(fact: Fact<T>): Promise<T> {
    const known = this.#known.get(fact.key)
    const ageMs = Date.now() - (known?.atMs ?? Number.NEGATIVE_INFINITY)
    const { looseMs = 0, maxAgeMs = Number.POSITIVE_INFINITY } = fact
    const good = known && ageMs <= maxAgeMs && (this.isFresh || ageMs < looseMs)
    // Safety: a key is one kind of fact.
    return good ? (known.value as T) : this.ask(fact)
  }

  /** Asks the chain whatever is known. An answer that something overtook is given, and not kept. */
  async ask<T>({ key, topics, ask, isKept = () => true }: Fact<T>): Promise<T> {
    const asking = { topics, isSpoiled: false }
    const atMs = Date.now()
    this.#asking.add(asking)
    try {
      const value = await ask()
      if (!asking.isSpoiled && isKept(value)) this.#keep(key, { value, topics, atMs })
      else this.#known.delete(key)
      return value
    } finally {
      this.#asking.delete(asking)
    }
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key)
    this.#known.set(key, known)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }
}
