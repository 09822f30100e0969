/** Recognises text under any alphabet that puts one sign for one letter, known or not, by where its signs repeat. */

/** Signs that are compared at once. In 24 letters of a language about a dozen repeat, in ways no other text shares. */
export const PATTERN_LENGTH = 24
const MIN_DISTINCT = 7
const MIN_REPEATS = 6

/** The window's signs numbered by first appearance, as one number; null where too little repeats to say anything. */
function shapeOf(signs: ArrayLike<unknown>, from: number): number | null {
  const seen = new Map<unknown, number>()
  let low = 0x811c_9dc5
  let high = 0x1b87_3593
  for (let at = from; at < from + PATTERN_LENGTH; at++) {
    const sign = signs[at]
    const number = seen.get(sign) ?? seen.size
    seen.set(sign, number)
    low = Math.imul(low ^ number, 0x0100_0193)
    high = Math.imul(high ^ (number + 31), 0x5bd1_e995)
    high ^= high >>> 15
  }
  if (seen.size < MIN_DISTINCT || PATTERN_LENGTH - seen.size < MIN_REPEATS) return null
  return (high >>> 11) * 2 ** 32 + (low >>> 0)
}

export class PatternIndex {
  readonly #texts: (readonly string[])[]
  readonly #shapes = new Map<number, readonly [text: number, from: number]>()

  /** Several readings of the same secret: letters only, every character, backwards. */
  constructor(texts: (readonly string[])[]) {
    this.#texts = texts
    for (const [number, text] of texts.entries()) {
      for (let from = 0; from + PATTERN_LENGTH <= text.length; from++) {
        const shape = shapeOf(text, from)
        if (shape !== null && !this.#shapes.has(shape)) this.#shapes.set(shape, [number, from])
      }
    }
  }

  /** Whether the last signs repeat as a passage of the secret does, in other signs than its own. */
  matches(signs: readonly string[]): boolean {
    const from = signs.length - PATTERN_LENGTH
    if (from < 0) return false
    const shape = shapeOf(signs, from)
    const found = shape === null ? undefined : this.#shapes.get(shape)
    if (!found) return false
    const text = this.#texts[found[0]] ?? []
    let other = 0
    for (let at = 0; at < PATTERN_LENGTH; at++) if (signs[from + at] !== text[found[1] + at]) other++
    // Else it is the passage itself, and whoever compares letters counts how long it goes on.
    return other > PATTERN_LENGTH / 2
  }
}

/** One stream of signs against the index; it keeps no more than one window. */
export class PatternWatch {
  readonly #index: PatternIndex
  readonly #signs: string[] = []
  matched = false

  constructor(index: PatternIndex) {
    this.#index = index
  }

  push(sign: string): void {
    this.#signs.push(sign)
    if (this.#signs.length > PATTERN_LENGTH) this.#signs.shift()
    if (this.#index.matches(this.#signs)) this.matched = true
  }
}
