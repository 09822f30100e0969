/** Reads an answer without the words that come again and again: what is left of a text that was padded, or doled out. */
import { Alignment, type HiddenWords } from './alignment.ts'
import { NOTHING_HELD } from './view.ts'
import { CAUGHT_SCORE, HELD_SCORE } from './word-readers.ts'
import type { WordReader } from './words.ts'

type Word = { word: string; from: number }

const MAX_WORDS = 240
/** A word is filler from this many appearances on, when it is also this share of all words. */
const MIN_TIMES = 4
const MIN_SHARE = 0.1
/** Several honest answers retell facts too: only much more than a caught turn's worth counts across turns. */
const CAUGHT_ACROSS_TURNS = 18
export const EARLIER = -1

export class FillerReader implements WordReader {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #hidden: HiddenWords
  readonly #words: Word[]
  #fillers = new Set<string>()
  #alignment: Alignment

  /** `earlier` are the last words that this holder was answered in turns before. */
  constructor(hidden: HiddenWords, earlier: readonly string[]) {
    this.#hidden = hidden
    this.#words = earlier.map(word => ({ word, from: EARLIER }))
    this.#alignment = new Alignment(hidden)
    this.#rebuild()
  }

  get words(): string[] {
    return this.#words.map(({ word }) => word)
  }

  word(word: string, from: number): void {
    if (/^\d+$/.test(word)) return
    this.#words.push({ word, from })
    if (this.#words.length > MAX_WORDS) this.#words.splice(0, this.#words.length - MAX_WORDS)
    const fillers = this.#frequent()
    const same =
      fillers.size === this.#fillers.size && [...fillers].every(filler => this.#fillers.has(filler))
    this.#fillers = fillers
    if (!same) this.#rebuild()
    else if (!fillers.has(word)) this.#alignment.push(word, from)
    this.#judge()
  }

  #frequent(): Set<string> {
    const times = new Map<string, number>()
    for (const { word } of this.#words) times.set(word, (times.get(word) ?? 0) + 1)
    const least = Math.max(MIN_TIMES, this.#words.length * MIN_SHARE)
    return new Set([...times].filter(([, count]) => count >= least).map(([word]) => word))
  }

  #rebuild(): void {
    this.#alignment = new Alignment(this.#hidden)
    for (const { word, from } of this.#words) if (!this.#fillers.has(word)) this.#alignment.push(word, from)
  }

  #judge(): void {
    const { score, from } = this.#alignment
    const earlier = from === EARLIER
    if (score >= (earlier ? CAUGHT_ACROSS_TURNS : CAUGHT_SCORE)) this.caught = true
    this.heldFrom = !earlier && score >= HELD_SCORE ? from : NOTHING_HELD
  }
}
