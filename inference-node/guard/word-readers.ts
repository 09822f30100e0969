/** The readers of an answer's words: in the secret's order, in steps, at heads, turned about, in any order. */
import { Alignment, type HiddenWords, weightOf } from './alignment.ts'
import { NOTHING_HELD } from './view.ts'
import type { WordReader } from './words.ts'

export const HELD_SCORE = 1.8
export const CAUGHT_SCORE = 6.5

/** Sentences of an honest answer rarely begin with the secret's words in order. */
const HELD_HEADS = 1.5
const CAUGHT_HEADS = 4

/** How well some words of the answer, with others between, run along the secret's. */
class Along {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #alignment: Alignment
  readonly #scores: { held: number; caught: number }

  constructor(words: HiddenWords, scores = { held: HELD_SCORE, caught: CAUGHT_SCORE }) {
    this.#alignment = new Alignment(words)
    this.#scores = scores
  }

  protected follow(word: string, from: number): void {
    this.#alignment.push(word, from)
    const { score } = this.#alignment
    if (score >= this.#scores.caught) this.caught = true
    this.heldFrom = score >= this.#scores.held ? this.#alignment.from : NOTHING_HELD
  }
}

/** All words in the secret's order. The number of a list's line is no word. */
export class OrderReader extends Along implements WordReader {
  word(word: string, from: number): void {
    if (!/^\d{1,3}$/.test(word)) this.follow(word, from)
  }
}

/** Strides at which the secret's words may stand among others. */
const STRIDES = [2, 3, 4]

/** Every second, third or fourth word of the answer, read by itself. */
export class SpacedWordReader implements WordReader {
  readonly #readers: { stride: number; offset: number; reader: OrderReader }[]
  #count = 0

  constructor(words: HiddenWords) {
    this.#readers = STRIDES.flatMap(stride =>
      Array.from({ length: stride }, (_, offset) => ({ stride, offset, reader: new OrderReader(words) })),
    )
  }

  get heldFrom(): number {
    return Math.min(...this.#readers.map(({ reader }) => reader.heldFrom))
  }
  get caught(): boolean {
    return this.#readers.some(({ reader }) => reader.caught)
  }

  word(word: string, from: number): void {
    const at = this.#count++
    for (const { stride, offset, reader } of this.#readers)
      if (at % stride === offset) reader.word(word, from)
  }
}

/** Words whose first sounds stand at their end, before an "ay". Where they stood is not written: each cut is tried. */
export class PigLatinReader implements WordReader {
  readonly #words: HiddenWords
  readonly #reader: OrderReader

  constructor(words: HiddenWords) {
    this.#words = words
    this.#reader = new OrderReader(words)
  }

  get heldFrom(): number {
    return this.#reader.heldFrom
  }
  get caught(): boolean {
    return this.#reader.caught
  }

  word(word: string, from: number): void {
    this.#reader.word(this.#unturned(word), from)
  }

  /** Empty for a word that is not turned: an answer in plain words is not read twice. */
  #unturned(word: string): string {
    const turned = /^(.+?)[wh]?ay$/.exec(word)?.[1]
    if (turned === undefined) return ''
    for (const stem of [word.slice(0, -2), turned]) {
      for (let cut = 0; cut <= 4 && cut < stem.length; cut++) {
        const plain = stem.slice(stem.length - cut) + stem.slice(0, stem.length - cut)
        if (this.#words.numberOf(plain) >= 0) return plain
      }
    }
    return ''
  }
}

/** Below this a word says little about where it comes from. */
const TELLING_WEIGHT = 0.7
const HELD_TELLING = 2
const CAUGHT_TELLING = 10

/** The secret's telling words in any order: each new one counts for, each other telling word against. */
export class TellingReader implements WordReader {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #words: HiddenWords
  readonly #seen = new Set<number>()
  #sum = 0
  #from = 0

  constructor(words: HiddenWords) {
    this.#words = words
  }

  word(word: string, from: number): void {
    if (weightOf(word) < TELLING_WEIGHT) return
    const number = this.#words.numberOf(word)
    if (this.#sum === 0) {
      this.#from = from
      this.#seen.clear()
    }
    const fresh = number >= 0 && !this.#seen.has(number)
    this.#seen.add(number)
    this.#sum = Math.max(0, this.#sum + (fresh ? 1 : -1))
    if (this.#sum >= CAUGHT_TELLING) this.caught = true
    this.heldFrom = this.#sum >= HELD_TELLING ? this.#from : NOTHING_HELD
  }
}

/** One word of the secret at the head of each line or sentence. */
export class HeadWordReader extends Along implements WordReader {
  #atHead = true

  constructor(words: HiddenWords) {
    super(words, { held: HELD_HEADS, caught: CAUGHT_HEADS })
  }

  sentenceEnds(): void {
    this.#atHead = true
  }

  word(word: string, from: number): void {
    if (this.#atHead) this.follow(word, from)
    this.#atHead = false
  }
}
