/** How far the newest words retell a passage in its order, though words were left out, put in or exchanged between. */

/** Words that are in every text: they say little about where a sentence comes from. */
const COMMON = new Set(
  `about after again also always answer been before being could does down each ever every from good have having here
  into just keep know like made make many more most much must name need never only other over same should some such
  take tell than that their them then there these they thing this time under very want well were what when where which
  while will with without would write your yours dies eine einen nicht oder sich sind wird avec cette dans pour sont
  vous como esta para pero este sono della nella come`.split(/\s+/),
)
const GAP = 0.3
const MISMATCH = 0.45

export function weightOf(word: string): number {
  if (word.length <= 3) return 0.3
  if (COMMON.has(word)) return 0.35
  return word.length === 4 ? 0.7 : 1
}

/** The hidden words once: by number, so that a comparison is one of integers. */
export class HiddenWords {
  readonly ids: Int32Array
  readonly weights: Float32Array
  readonly #numbers = new Map<string, number>()

  constructor(words: readonly string[]) {
    this.ids = Int32Array.from(words, word => {
      const number = this.#numbers.get(word) ?? this.#numbers.size
      this.#numbers.set(word, number)
      return number
    })
    this.weights = Float32Array.from(words, weightOf)
  }

  numberOf = (word: string): number => this.#numbers.get(word) ?? -1
}

/** Smith and Waterman's local alignment, one row for each word of the stream. */
export class Alignment {
  readonly #hidden: HiddenWords
  #scores: Float32Array
  #origins: Int32Array
  #nextScores: Float32Array
  #nextOrigins: Int32Array
  score = 0
  from = 0

  constructor(hidden: HiddenWords) {
    this.#hidden = hidden
    const size = hidden.ids.length + 1
    this.#scores = new Float32Array(size)
    this.#origins = new Int32Array(size)
    this.#nextScores = new Float32Array(size)
    this.#nextOrigins = new Int32Array(size)
  }

  push(word: string, origin: number): void {
    const { ids, weights } = this.#hidden
    const [scores, origins, nextScores, nextOrigins] = [
      this.#scores,
      this.#origins,
      this.#nextScores,
      this.#nextOrigins,
    ]
    const number = this.#hidden.numberOf(word)
    this.score = 0
    for (let at = 1; at < scores.length; at++) {
      const same = ids[at - 1] === number
      const diagonal = (scores[at - 1] ?? 0) + (same ? (weights[at - 1] ?? 0) : -MISMATCH)
      const skipped = (scores[at] ?? 0) - GAP
      const left = (nextScores[at - 1] ?? 0) - GAP
      let best = Math.max(0, diagonal, skipped, left)
      if (best > 0 && best === left) nextOrigins[at] = nextOrigins[at - 1] ?? 0
      else if (best > 0 && best === skipped) nextOrigins[at] = origins[at] ?? 0
      else nextOrigins[at] = (scores[at - 1] ?? 0) > 0 ? (origins[at - 1] ?? 0) : origin
      if (best < 1e-4) best = 0
      nextScores[at] = best
      if (best <= this.score) continue
      this.score = best
      this.from = nextOrigins[at] ?? 0
    }
    this.#scores = nextScores
    this.#origins = nextOrigins
    this.#nextScores = scores
    this.#nextOrigins = origins
  }

  clear(): void {
    this.#scores.fill(0)
    this.score = 0
  }
}
