/** Watches whether an answer still reads like one of the kinds its work declares; a cipher does not, whichever it is. */
import { surpriseTable, type TableName, trigramAt } from './language.ts'
import { SYMBOLS, Symbols } from './symbols.ts'

/** Bits per symbol above which a text of the kind is unusual: between its own windows and those of any cipher. */
const USUAL_BITS: Record<TableName, number> = {
  en: 4.3,
  de: 4.5,
  es: 4.5,
  fr: 4.5,
  it: 4.5,
  pt: 4.5,
  code: 4.9,
  json: 4.9,
}
/** One odd sign (an emoji, a formula) is not a cipher, however rare it is. */
const MAX_EXCESS_BITS = 3.5
/** Digits hide more than any table of prose expects. */
const MIN_DIGIT_BITS = 5.2
const DIGIT = SYMBOLS.indexOf('0')
/** A capital in the middle of a word carries a bit, and so does a mark that nobody sees. */
const RAISED = SYMBOLS.indexOf('^')
const HIDING_BITS = 10
const FOREIGN = SYMBOLS.indexOf('~')
/** How fast a kind's recent excess forgets: kinds are told apart over about as many symbols. */
const FORGET = 1 / 12

type Kind = { usual: number; bits: Float32Array; recent: number }

/** Alphabets other than Latin, by the language that is declared. */
const ALPHABETS: Record<string, RegExp> = {
  ar: /\p{Script=Arabic}/u,
  el: /\p{Script=Greek}/u,
  he: /\p{Script=Hebrew}/u,
  hi: /\p{Script=Devanagari}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}ー]/u,
  ko: /\p{Script=Hangul}/u,
  ru: /\p{Script=Cyrillic}/u,
  th: /\p{Script=Thai}/u,
  uk: /\p{Script=Cyrillic}/u,
  zh: /\p{Script=Han}/u,
}

const isTable = (name: string): name is TableName => Object.hasOwn(USUAL_BITS, name)

/** What a work's answers may look like; null when a declared language is one of which the guard knows nothing. */
export type Usual = { tables: TableName[]; alphabets: RegExp[] }

export function usualOf(kinds: readonly string[], language: string): Usual | null {
  const spoken = language.split('-')[0] ?? 'en'
  const names = new Set(kinds.flatMap(kind => (kind === 'text' ? [spoken, 'en'] : [kind])))
  const usual: Usual = { tables: [], alphabets: [] }
  for (const name of names) {
    const alphabet = ALPHABETS[name]
    if (isTable(name)) usual.tables.push(name)
    else if (alphabet) usual.alphabets.push(alphabet)
    else return null
  }
  return usual.tables.length > 0 ? usual : { ...usual, tables: ['en'] }
}

/** A running sum of excess bits that never falls below zero: it grows in a cipher and drains in ordinary text. */
export class Oddness {
  readonly #kinds: Kind[]
  readonly #alphabets: RegExp[]
  readonly #symbols = new Symbols()
  #before: [number, number] = [SYMBOLS.indexOf('.'), SYMBOLS.indexOf('/')]
  bits = 0
  /** Where the text began that the sum speaks of. */
  from = 0

  constructor({ tables, alphabets }: Usual) {
    this.#kinds = tables.map(name => ({ usual: USUAL_BITS[name], bits: surpriseTable(name), recent: 0 }))
    this.#alphabets = alphabets
  }

  push(point: string, at: number): void {
    if (/\p{Cf}/u.test(point)) this.#add(HIDING_BITS, at)
    for (const code of this.#symbols.codes(point)) {
      const declared = code === FOREIGN && this.#alphabets.some(alphabet => alphabet.test(point))
      this.#add(declared ? -0.5 : this.#excess(code), at)
      this.#before = [this.#before[1], code]
    }
  }

  /** The least of all declared kinds: an answer may go from text to code and back. */
  #excess(code: number): number {
    const [a, b] = this.#before
    let least = Number.POSITIVE_INFINITY
    for (const kind of this.#kinds) {
      const surprise = kind.bits[trigramAt(a, b, code)] ?? 0
      const bits = code === DIGIT ? Math.max(surprise, MIN_DIGIT_BITS) : surprise
      const most = code === RAISED ? HIDING_BITS : MAX_EXCESS_BITS
      const excess = Math.min(bits - kind.usual, most)
      kind.recent += (excess - kind.recent) * FORGET
      least = Math.min(least, this.#kinds.length === 1 ? excess : kind.recent)
    }
    return least
  }

  #add(excess: number, at: number): void {
    if (this.bits === 0) this.from = at
    this.bits = Math.max(0, this.bits + excess)
  }
}
