/** Which passages a question is about: BM25 over an index of numbers alone, small beside the text and wiped with it. */

const K = 1.2
const B = 0.75
const MOST_OF_A_TERM = 127
const SEGMENT_ENTRIES = 16_384
/** More than the files of a work come to. */
const MAX_PASSAGES = 16_384

/** 32 bits of a term, 14 of its passage, 7 for how often: what a number holds exactly. */
const entryOf = (hash: number, passage: number, times: number): number =>
  (hash * MAX_PASSAGES + passage) * (MOST_OF_A_TERM + 1) + times

function hashOf(term: string): number {
  let hash = 0x811c_9dc5
  for (let at = 0; at < term.length; at++) hash = Math.imul(hash ^ term.charCodeAt(at), 0x0100_0193)
  return hash >>> 0
}

export type Ranked = { passage: number; score: number }

export class Ranking {
  /** Each by term and then by passage; several, so that none takes long to be sorted. */
  readonly #segments: Float64Array[] = []
  readonly #lengths: number[] = []
  #pending: number[] = []
  #words = 0

  /** Passages are numbered in the order in which they come. */
  add(terms: Iterable<string>): void {
    const passage = this.#lengths.length
    if (passage >= MAX_PASSAGES) throw new RangeError(`more than ${MAX_PASSAGES} passages`)
    const times = new Map<number, number>()
    let length = 0
    for (const term of terms) {
      const hash = hashOf(term)
      times.set(hash, Math.min(MOST_OF_A_TERM, (times.get(hash) ?? 0) + 1))
      length++
    }
    for (const [hash, count] of times) this.#pending.push(entryOf(hash, passage, count))
    this.#lengths.push(length)
    this.#words += length
    if (this.#pending.length >= SEGMENT_ENTRIES) this.close()
  }

  /** What was added last is found after this. */
  close(): void {
    this.#segments.push(Float64Array.from(this.#pending).sort())
    this.#pending = []
  }

  /** Best first; of equals, the one that stands first in the files. */
  rank(asked: ReadonlyMap<string, number>): Ranked[] {
    const scores = new Map<number, number>()
    for (const [term, weight] of asked) this.#addScores(this.#found(hashOf(term)), weight, scores)
    return [...scores]
      .map(([passage, score]) => ({ passage, score }))
      .sort((a, b) => b.score - a.score || a.passage - b.passage)
  }

  #found(hash: number): number[] {
    const [least, most] = [entryOf(hash, 0, 0), entryOf(hash + 1, 0, 0)]
    return this.#segments.flatMap(entries => [
      ...entries.subarray(firstFrom(entries, least), firstFrom(entries, most)),
    ])
  }

  #addScores(found: readonly number[], weight: number, scores: Map<number, number>): void {
    const all = this.#lengths.length
    const mean = Math.max(1, this.#words / Math.max(1, all))
    const rarity = Math.log(1 + (all - found.length + 0.5) / (found.length + 0.5))
    for (const entry of found) {
      const times = entry % (MOST_OF_A_TERM + 1)
      const passage = Math.floor(entry / (MOST_OF_A_TERM + 1)) % MAX_PASSAGES
      const length = (this.#lengths[passage] ?? 0) / mean
      const score = (weight * rarity * times * (K + 1)) / (times + K * (1 - B + B * length))
      scores.set(passage, (scores.get(passage) ?? 0) + score)
    }
  }

  wipe(): void {
    for (const entries of this.#segments) entries.fill(0)
    this.#segments.length = 0
    this.#lengths.length = 0
  }
}

/** The place of the first entry that is no less. */
function firstFrom(entries: Float64Array, least: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
