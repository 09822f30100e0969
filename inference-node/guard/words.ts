/** Cuts an answer into words, once for all that read it word by word. */
import { WordCutter } from './letters.ts'
import { NOTHING_HELD, type View } from './view.ts'

/** One way of reading an answer's words: what it says changes only with a word. */
export type WordReader = Pick<View, 'heldFrom' | 'caught'> & {
  /** Takes the next word and where it began in the answer. */
  word(word: string, from: number): void
  /** A line or a sentence is over. */
  sentenceEnds?(): void
}

const ENDS_SENTENCE = /[.!?\n]/

export class WordsView implements View {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #readers: readonly WordReader[]
  readonly #cutter = new WordCutter((word, from) => this.#word(word, from))

  constructor(readers: readonly WordReader[]) {
    this.#readers = readers
  }

  push(point: string, at: number): void {
    this.#cutter.push(point, at)
    if (ENDS_SENTENCE.test(point)) for (const reader of this.#readers) reader.sentenceEnds?.()
  }

  end(): void {
    this.#cutter.end()
  }

  #word(word: string, from: number): void {
    for (const reader of this.#readers) reader.word(word, from)
    this.heldFrom = Math.min(...this.#readers.map(({ heldFrom }) => heldFrom))
    this.caught = this.#readers.some(({ caught }) => caught)
  }
}
