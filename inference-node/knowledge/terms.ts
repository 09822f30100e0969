/** The words of a text as they are looked for: folded, and as pairs of characters where a script writes no spaces. */

const RUNS = /[\p{L}\p{N}\p{M}]+/gu
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/u
const UNSPACED_RUNS = new RegExp(`(${UNSPACED.source})`, 'u')
/** Of longer words the beginning counts too: "prices" and "priced" are about one thing in most languages. */
const STEM_LETTERS = 5
const LONGEST_WORD = 64

/** Of most texts: there is nothing to fold but the case. */
const isPlain = (text: string): boolean => !/[^\p{ASCII}]/u.test(text)

const fold = (text: string): string => (isPlain(text) ? text.toLowerCase() : unaccented(text))

const unaccented = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')

function pairsOf(run: string): string[] {
  const points = [...run]
  if (points.length === 1) return points
  return points.slice(1).map((point, at) => `${points[at]}${point}`)
}

function wordTerms(word: string): string[] {
  if (word.length < STEM_LETTERS) return [word]
  const points = [...word.slice(0, 2 * LONGEST_WORD)].slice(0, LONGEST_WORD)
  return points.length < STEM_LETTERS ? [word] : [points.join(''), stemOf(points)]
}

/** No word has this mark, so that a beginning is never taken for a whole word. */
const stemOf = (points: readonly string[]): string => `${points.slice(0, STEM_LETTERS).join('')}*`
export const isStem = (term: string): boolean => term.endsWith('*')

export function* termsOf(text: string): Generator<string> {
  for (const [run] of fold(text).matchAll(RUNS)) {
    if (!UNSPACED.test(run)) yield* wordTerms(run)
    else
      for (const part of run.split(UNSPACED_RUNS))
        if (part !== '') yield* UNSPACED.test(part) ? pairsOf(part) : wordTerms(part)
  }
}
