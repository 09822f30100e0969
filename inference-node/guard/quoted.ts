/** How much of a turn's excerpts its answer quotes: that is what a work's files are for, up to a page of them. */
import { lettersOf } from './letters.ts'
import { codesOf, SequenceIndex } from './sequence.ts'
import { LetterView } from './views.ts'

/** Letters and digits of the excerpts, in runs that are no chance: about two thousand characters of text. */
export const MAX_QUOTED_LETTERS = 1_600
const GRAM = 8
const COUNTED_LETTERS = 20
const NEVER = Number.POSITIVE_INFINITY

export class Quoted {
  readonly #letters: LetterView | null
  readonly #places = new Set<number>()
  #run = { length: 0, place: 0 }

  constructor(quotable: string) {
    const codes = codesOf(lettersOf(quotable))
    // What is no longer than a page may be quoted whole, and need not be followed.
    this.#letters =
      codes.length <= MAX_QUOTED_LETTERS
        ? null
        : new LetterView(new SequenceIndex(codes, GRAM), { held: NEVER, caught: NEVER })
  }

  /** Takes the next piece of the answer; false when with it the answer has quoted more than a page. */
  allows(piece: string): boolean {
    if (!this.#letters) return true
    for (const point of piece) {
      this.#letters.push(point, 0)
      const { length, place } = this.#letters.run
      if (length < this.#run.length) this.#count()
      this.#run = { length, place }
    }
    return this.#places.size + this.#run.length <= MAX_QUOTED_LETTERS
  }

  #count(): void {
    const { length, place } = this.#run
    if (length < COUNTED_LETTERS) return
    for (let at = place - length + 1; at <= place; at++) this.#places.add(at)
  }
}
