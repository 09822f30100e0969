/** How text is read when only its letters count: width, case, accents, look-alikes and invisible marks make no difference. */

/** Letters of other alphabets that look like Latin ones, by the Latin letter. */
const LOOK_ALIKES: Record<string, string> = {
  a: 'аɑα',
  b: 'ƅʙ',
  c: 'сϲ',
  d: 'ԁɗ',
  e: 'еєҽ',
  g: 'ɡց',
  h: 'һհ',
  i: 'іıɩι',
  j: 'јʝ',
  k: 'кκ',
  l: 'ӏⅼ',
  m: 'м',
  n: 'ոпη',
  o: 'оοσօ',
  p: 'рρ',
  q: 'ԛզ',
  r: 'гʀ',
  s: 'ѕꜱ',
  t: 'тτ',
  u: 'υսц',
  v: 'ѵν',
  w: 'ԝш',
  x: 'хχ',
  y: 'уүγ',
  z: 'ᴢʐ',
}

const LATIN = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([latin, alike]) => [...alike].map(letter => [letter, latin] as const)),
)

const folded = new Map<string, string>()
const MAX_KEPT = 4_096

/** The folded letters and digits of one code point: none for a space or a mark, more than one for a ligature. */
export function foldPoint(point: string): string {
  const known = folded.get(point)
  if (known !== undefined) return known
  const letters = [...point.normalize('NFKC').normalize('NFD').toLowerCase().normalize('NFD')]
    .filter(letter => /[\p{L}\p{N}]/u.test(letter))
    .map(letter => LATIN.get(letter) ?? letter)
    .join('')
  if (folded.size > MAX_KEPT) folded.clear()
  folded.set(point, letters)
  return letters
}

export const lettersOf = (text: string): string => [...text].map(foldPoint).join('')

/** Folded words: what stands between spaces and punctuation. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  const cutter = new WordCutter(word => words.push(word))
  for (const point of text) cutter.push(point, 0)
  cutter.end()
  return words
}

/** Cuts a stream into folded words, each with the place where it began. An apostrophe does not end a word. */
export class WordCutter {
  readonly #onWord: (word: string, from: number) => void
  #word = ''
  #from = 0

  constructor(onWord: (word: string, from: number) => void) {
    this.#onWord = onWord
  }

  push(point: string, at: number): void {
    const letters = foldPoint(point)
    if (letters !== '') {
      if (this.#word === '') this.#from = at
      this.#word += letters
    } else if (!/['’\p{M}\p{Cf}]/u.test(point)) this.end()
  }

  end(): void {
    if (this.#word === '') return
    const word = this.#word
    this.#word = ''
    this.#onWord(word, this.#from)
  }
}

/** Letters that digits and signs stand for in "leet"; `l` and `i` are one, since `1` is both. */
const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'i',
  '+': 't',
  '€': 'e',
  '(': 'c',
  l: 'i',
}

export const leetPoint = (point: string): string =>
  LEET[point] ?? [...foldPoint(point)].map(letter => LEET[letter] ?? letter).join('')

/** What is left when the vowels are left out: nearly as easy to read. */
export const consonantsOf = (point: string): string => foldPoint(point).replace(/[aeiou]/g, '')
