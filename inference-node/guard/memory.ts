/** What each holder has had of a work's hidden text so far: places, not words, so that it may outlive an opening. */

const MAX_HOLDERS = 10_000
/** Letters of the secret that may reach one holder over all turns, in runs that are long enough to count. */
const BUDGET_LETTERS = 80
const BUDGET_SHARE = 0.15
/** A holder may be caught by mistake, or try once: after this many times there is a pause. */
const STRIKES = 3
const PAUSE_MS = 10 * 60_000

export class HolderMemory {
  readonly #recited = new Set<number>()
  #strikes = 0
  #pausedUntilMs = 0
  /** The last words of earlier answers: gone when the work closes. */
  words: string[] = []

  get recitedLetters(): number {
    return this.#recited.size
  }

  /** How long this holder has to wait, in seconds; 0 when it need not. */
  pauseSeconds(nowMs: number): number {
    return Math.max(0, Math.ceil((this.#pausedUntilMs - nowMs) / 1000))
  }

  /** Whether `count` letters that end at `place` would go beyond what one holder may have. */
  wouldExceed(place: number, count: number, letters: number): boolean {
    let fresh = 0
    for (let at = place - count + 1; at <= place; at++) if (!this.#recited.has(at)) fresh++
    return fresh > 0 && this.#recited.size + fresh > Math.max(BUDGET_LETTERS, letters * BUDGET_SHARE)
  }

  recite(place: number, count: number): void {
    for (let at = place - count + 1; at <= place; at++) this.#recited.add(at)
  }

  /** A turn was stopped. From the third on the holder pauses. */
  strike(nowMs: number): void {
    this.#strikes++
    if (this.#strikes >= STRIKES) this.#pausedUntilMs = nowMs + PAUSE_MS
  }
}

/** The memories of all holders; the one that was idle longest makes room. */
export class Memories {
  readonly #held = new Map<string, HolderMemory>()

  of(work: string, holder: string): HolderMemory {
    const key = `${work} ${holder.toLowerCase()}`
    const memory = this.#held.get(key) ?? new HolderMemory()
    this.#held.delete(key)
    this.#held.set(key, memory)
    const [oldest] = this.#held.keys()
    if (this.#held.size > MAX_HOLDERS && oldest !== undefined) this.#held.delete(oldest)
    return memory
  }

  /** The words of answers leave the memory with the works that are no longer open. */
  keepWordsOnly(standing: ReadonlySet<string>): void {
    for (const [key, memory] of this.#held) {
      if (!standing.has(key.slice(0, key.lastIndexOf(' ')))) memory.words = []
    }
  }
}
