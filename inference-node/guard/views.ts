/** The ways in which an answer is read beside the hidden text; each says from where it is suspicious, and when it is proved. */
import { decodings } from './decoders.ts'
import type { HiddenText } from './hidden.ts'
import { consonantsOf, foldPoint, leetPoint, lettersOf } from './letters.ts'
import { Monotony } from './monotony.ts'
import { Oddness, type Usual } from './oddness.ts'
import { PatternWatch } from './pattern.ts'
import { codesOf, Run, type SequenceIndex } from './sequence.ts'
import { NOTHING_HELD, type View } from './view.ts'
import {
  HeadWordReader,
  OrderReader,
  PigLatinReader,
  SpacedWordReader,
  TellingReader,
} from './word-readers.ts'
import { type WordReader, WordsView } from './words.ts'

/** Letters run along the secret under one reading of each character. */
export class LetterView implements View {
  heldFrom = NOTHING_HELD
  caught = false
  readonly run: Run
  readonly #read: (point: string) => string
  readonly #limits: { held: number; caught: number }

  constructor(
    index: SequenceIndex,
    limits: { held: number; caught: number },
    read: (point: string) => string = foldPoint,
  ) {
    this.run = new Run(index)
    this.#read = read
    this.#limits = limits
  }

  push(point: string, at: number): void {
    for (const code of codesOf(this.#read(point))) {
      this.run.push(code, at)
      if (this.run.length >= this.#limits.caught) this.caught = true
    }
    this.heldFrom = this.run.length >= this.#limits.held ? this.run.from : NOTHING_HELD
  }
}

/** One letter of the secret at the head, or at the tail, of each line, sentence or word. */
export class AcrosticView implements View {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #letters: LetterView
  readonly #cuts: RegExp
  readonly #tails: boolean
  #letter: { point: string; at: number } | null = null

  /** `cuts` matches what stands between two of them. */
  constructor(index: SequenceIndex, cuts: RegExp, tails = false) {
    this.#letters = new LetterView(index, { held: 9, caught: 14 })
    this.#cuts = cuts
    this.#tails = tails
  }

  push(point: string, at: number): void {
    if (this.#cuts.test(point)) this.end()
    else if (/\p{L}/u.test(point) && (this.#tails || this.#letter === null)) this.#letter = { point, at }
  }

  end(): void {
    if (this.#letter === null) return
    this.#letters.push(this.#letter.point, this.#letter.at)
    this.#letter = null
    this.heldFrom = this.#letters.heldFrom
    this.caught ||= this.#letters.caught
  }
}

/** Signs that repeat as the secret's letters do: by character, by character with spaces, by word and by phrase. */
export class PatternView implements View {
  heldFrom = NOTHING_HELD
  readonly #letters: PatternWatch
  readonly #all: PatternWatch
  readonly #groups: PatternWatch
  readonly #phrases: PatternWatch
  #group = ''
  #phrase = ''

  constructor({ patterns }: HiddenText) {
    this.#letters = new PatternWatch(patterns)
    this.#all = new PatternWatch(patterns)
    this.#groups = new PatternWatch(patterns)
    this.#phrases = new PatternWatch(patterns)
  }

  get caught(): boolean {
    return [this.#letters, this.#all, this.#groups, this.#phrases].some(watch => watch.matched)
  }

  push(point: string): void {
    this.#all.push(point)
    if (!/[\s\p{P}\p{Cf}\p{M}]/u.test(point)) this.#letters.push(foldPoint(point) || point)
    if (!/[\s,;|\\%&"'[\]]/.test(point)) this.#group += point
    else this.#endGroup()
    if (!/[,;|/\n]/.test(point)) this.#phrase += point
    else this.#endPhrase()
  }

  end(): void {
    this.#endGroup()
    this.#endPhrase()
  }

  #endGroup(): void {
    if (this.#group !== '') this.#groups.push(this.#group)
    this.#group = ''
  }
  #endPhrase(): void {
    const phrase = this.#phrase.trim()
    if (phrase !== '') this.#phrases.push(phrase)
    this.#phrase = ''
  }
}

const DECODE_EVERY = 6
const DECODED_TAIL = 320

/** The end of the answer, decoded. */
export class DecodedView implements View {
  heldFrom = NOTHING_HELD
  caught = false
  readonly #index: SequenceIndex
  #tail = ''
  #pending = 0

  constructor({ forward }: HiddenText) {
    this.#index = forward
  }

  push(point: string, at: number): void {
    this.#tail = (this.#tail + point).slice(-DECODED_TAIL)
    this.#pending++
    if (this.#pending >= DECODE_EVERY) this.#look(at)
  }

  end(): void {
    this.#look(0)
  }

  #look(at: number): void {
    this.#pending = 0
    const longest = Math.max(0, ...decodings(this.#tail).map(text => this.#longest(text)))
    if (longest >= 16) this.caught = true
    this.heldFrom = longest >= 10 ? Math.min(this.heldFrom, Math.max(0, at - 60)) : NOTHING_HELD
  }

  /** Read forwards and backwards. */
  #longest(text: string): number {
    const codes = codesOf(lettersOf(text))
    return Math.max(longestRun(this.#index, codes), longestRun(this.#index, codes.toReversed()))
  }
}

function longestRun(index: SequenceIndex, codes: readonly number[]): number {
  const run = new Run(index)
  let longest = 0
  for (const code of codes) {
    run.push(code, 0)
    longest = Math.max(longest, run.length)
  }
  return longest
}

const HELD_BITS = 18
export const CAUGHT_BITS = 80

/** Text that is not of a kind that the work declares. */
export class OddView implements View {
  readonly #oddness: Oddness
  caught = false
  #held = NOTHING_HELD

  constructor(usual: Usual) {
    this.#oddness = new Oddness(usual)
  }

  get heldFrom(): number {
    return this.#held
  }

  push(point: string, at: number): void {
    this.#oddness.push(point, at)
    const { bits, from } = this.#oddness
    if (bits >= CAUGHT_BITS) this.caught = true
    // Once held, it waits until the sum has drained: what is let go in between could not be called back.
    if (bits >= HELD_BITS) this.#held = from
    else if (bits === 0) this.#held = NOTHING_HELD
  }
}

/** Few signs in no pattern, by character and by word. It holds nothing back: it takes long to tell, and carries little. */
export class MonotonyView implements View {
  readonly heldFrom = NOTHING_HELD
  readonly #points = new Monotony()
  readonly #words = new Monotony()
  #word = ''

  get caught(): boolean {
    return this.#points.found || this.#words.found
  }

  push(point: string): void {
    if (!/[\s,;|/]/.test(point)) {
      this.#points.push(point)
      this.#word += point
    } else if (this.#word !== '') {
      this.#words.push(this.#word)
      this.#word = ''
    }
  }
}

type Besides = {
  /** Without it every kind of text passes, and only what it shares with the secret is watched. */
  usual?: Usual | null
  /** Another reader of its words. */
  reader?: WordReader
}

export function viewsOf(hidden: HiddenText, { usual = hidden.usual, reader }: Besides = {}): View[] {
  const { forward, backward, leet, consonants } = hidden
  return [
    new LetterView(backward, { held: 9, caught: 20 }),
    new LetterView(leet, { held: 10, caught: 40 }, leetPoint),
    new LetterView(consonants, { held: 9, caught: 24 }, consonantsOf),
    new AcrosticView(forward, /\n/),
    new AcrosticView(forward, /[.!?\n]/),
    new AcrosticView(forward, /\s/),
    new AcrosticView(forward, /\n/, true),
    new AcrosticView(forward, /\s/, true),
    new PatternView(hidden),
    new DecodedView(hidden),
    new WordsView([...readersOf(hidden), ...(reader ? [reader] : [])]),
    new MonotonyView(),
    ...(usual ? [new OddView(usual)] : []),
  ]
}

const readersOf = ({ words, wordsBackward, wordsInSteps }: HiddenText): WordReader[] => [
  ...[words, wordsBackward, ...wordsInSteps].map(inOrder => new OrderReader(inOrder)),
  new SpacedWordReader(words),
  new PigLatinReader(words),
  new HeadWordReader(words),
  new TellingReader(words),
]
