/** A work's hidden text, prepared once when the work is opened, so that every answer can be held against it cheaply. */
import { HiddenWords } from './alignment.ts'
import { consonantsOf, leetPoint, lettersOf, wordsOf } from './letters.ts'
import { type Usual, usualOf } from './oddness.ts'
import { PatternIndex } from './pattern.ts'
import { codesOf, SequenceIndex } from './sequence.ts'

/** Secret letters that may leave in one piece; a text that is no longer than this is no secret that could be kept. */
export const MAX_RECITED = 40

const LETTER_GRAM = 8
/** Every second, third and fourth word: as far as somebody would space a text out. */
const STRIDES = [2, 3, 4]

export type HiddenWork = {
  /** Every passage of the card or prompt that only the creator wrote. */
  passages: readonly string[]
  /** Kinds of output that the creator declared; plain text when none. */
  outputKinds?: readonly string[]
  /** The language of the work's manifest. */
  language: string
}

export class HiddenText {
  readonly letterCount: number
  readonly forward: SequenceIndex
  readonly backward: SequenceIndex
  readonly leet: SequenceIndex
  readonly consonants: SequenceIndex
  readonly patterns: PatternIndex
  readonly words: HiddenWords
  readonly wordsBackward: HiddenWords
  /** The words in steps: those at 0, 2, 4…, then those at 1, 3, 5…, and so for each stride. */
  readonly wordsInSteps: readonly HiddenWords[]
  /** Null where the guard has no model of a declared language: then only the overlap is watched. */
  readonly usual: Usual | null

  private constructor(text: string, usual: Usual | null) {
    const letters = lettersOf(text)
    const points = [...letters]
    const words = wordsOf(text)
    this.letterCount = points.length
    this.forward = new SequenceIndex(codesOf(letters), LETTER_GRAM)
    this.backward = new SequenceIndex(codesOf(letters).reverse(), LETTER_GRAM)
    this.leet = new SequenceIndex(codesOf([...text].map(leetPoint).join('')), LETTER_GRAM)
    this.consonants = new SequenceIndex(codesOf([...text].map(consonantsOf).join('')), LETTER_GRAM)
    this.patterns = new PatternIndex([points, points.toReversed(), [...text], [...text.toLowerCase()]])
    this.words = new HiddenWords(words)
    this.wordsBackward = new HiddenWords(words.toReversed())
    this.wordsInSteps = STRIDES.map(stride => new HiddenWords(inSteps(words, stride)))
    this.usual = usual
  }

  /** Null when there is too little to hide. */
  static of({ passages, outputKinds = ['text'], language }: HiddenWork): HiddenText | null {
    const text = passages.map(passage => passage.trim()).join('\n\n')
    if (lettersOf(text).length <= MAX_RECITED) return null
    return new HiddenText(text, usualOf(outputKinds, language))
  }
}

const inSteps = (words: readonly string[], stride: number): string[] =>
  Array.from({ length: stride }, (_, first) => words.filter((_word, at) => at % stride === first)).flat()
