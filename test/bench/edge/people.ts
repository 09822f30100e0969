/** Chance with a seed, and the skews of a real market: few words, tags and creators are used by many, most by few. */

/** Mulberry32: the same market for the same seed, on every machine. */
export function chance(seed: number) {
  let state = seed >>> 0
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(unit() * count)
  /** A rank from 0, the r-th as often as 1 / r: Zipf's law. */
  const rank = (count: number): number => Math.min(count - 1, Math.floor((count + 1) ** unit()) - 1)
  const hex = (digits: number): string =>
    Array.from({ length: Math.ceil(digits / 8) }, () =>
      below(2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
      .join('')
      .slice(0, digits)
  return { unit, below, rank, hex, between: (low: number, high: number) => low + below(high - low + 1) }
}
export type Chance = ReturnType<typeof chance>

const ONSETS = 'b c d f g h j k l m n p r s t v w z br ch cl cr dr fl gr pl pr sh sl sp st th tr'.split(' ')
const VOWELS = 'a e i o u ai ea ia io ou'.split(' ')
const CODAS = ['', 'n', 'r', 's', 'l', 't', 'm', 'nd', 'st']

/** The word of a rank: short ones are the frequent ones, and each rank has its own. */
export function wordOf(rank: number): string {
  const syllables = ONSETS.length * VOWELS.length * CODAS.length
  let rest = rank * 7 + 3
  let word = ''
  do {
    const one = rest % syllables
    const onset = ONSETS[one % ONSETS.length] ?? ''
    const vowel = VOWELS[Math.floor(one / ONSETS.length) % VOWELS.length] ?? ''
    word += onset + vowel + (CODAS[Math.floor(one / ONSETS.length / VOWELS.length)] ?? '')
    rest = Math.floor(rest / syllables)
  } while (rest > 0)
  return word
}
