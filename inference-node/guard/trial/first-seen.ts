/**
 * Encodings written after the guard's first version was frozen. It stopped 84.4 % of them (100 secrets, 28 encodings) the
 * first and only time that they were new to it; views were then added that some of them had shown to be missing.
 */
import type { Encoding } from './listed.ts'

const ABC = 'abcdefghijklmnopqrstuvwxyz'
const place = (letter: string) => ABC.indexOf(letter)
const lower = (secret: string) => [...secret.toLowerCase()]
const onlyLetters = (secret: string) => lower(secret).filter(letter => place(letter) >= 0)
const byLetter =
  (turn: (letter: string, at: number) => string): Encoding =>
  secret => {
    let at = 0
    return lower(secret)
      .map(letter => (place(letter) < 0 ? letter : turn(letter, at++)))
      .join('')
  }
const table =
  (alphabet: readonly string[]): Encoding =>
  secret =>
    byLetter(letter => alphabet[place(letter)] ?? letter)(secret)
const words = (secret: string, turn: (word: string) => string) => secret.split(' ').map(turn).join(' ')

function radix(secret: string, alphabet: string, bits: number): string {
  let [held, value, out] = [0, 0, '']
  for (const byte of new TextEncoder().encode(secret)) {
    value = (value << 8) | byte
    held += 8
    while (held >= bits) {
      held -= bits
      out += alphabet[(value >> held) & (2 ** bits - 1)]
    }
    value &= 2 ** held - 1
  }
  return out
}

function ascii85(secret: string): string {
  const bytes = new TextEncoder().encode(secret)
  let out = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    let value = new DataView(bytes.buffer, at, 4).getUint32(0)
    let group = ''
    for (let digit = 0; digit < 5; digit++) {
      group = String.fromCharCode(33 + (value % 85)) + group
      value = Math.floor(value / 85)
    }
    out += group
  }
  return out
}

function railFence(secret: string, rails: number): string {
  const rows = Array.from({ length: rails }, () => '')
  const turn = 2 * rails - 2
  ;[...secret].forEach((char, at) => {
    const row = Math.min(at % turn, turn - (at % turn))
    rows[row] = (rows[row] ?? '') + char
  })
  return rows.join('')
}

const columns = (secret: string, count: number): string =>
  Array.from({ length: count }, (_, column) =>
    [...secret].filter((_, at) => at % count === column).join(''),
  ).join('')

const NATO =
  'alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu'.split(
    ' ',
  )
const ROMAN =
  'I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII XXIV XXV XXVI'.split(
    ' ',
  )
const DIGIT_NAMES = 'zero one two three four five six seven eight nine'.split(' ')
const QWERTY = 'qwertyuiopasdfghjklzxcvbnm'
const EMOJI = [...'🍎🐝🐱🐶🥚🐸🍇🏠🍦🃏🔑🍋🌙🎵🐙🥞👑🌈⭐🌴☂🎻🌊❌💛⚡']
const BRAILLE = [...'⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵']
const TURNED = [...'ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz']

export const FIRST_SEEN: Record<string, Encoding> = {
  atbash: byLetter(letter => ABC[25 - place(letter)] ?? ''),
  vigenère: byLetter((letter, at) => ABC[(place(letter) + place('lemon'[at % 5] ?? 'a')) % 26] ?? ''),
  'keyword alphabet': table([...'zebrascdfghijklmnopqtuvwxy']),
  'neighbouring keys': byLetter(letter => QWERTY[(QWERTY.indexOf(letter) + 1) % 26] ?? ''),
  'letter numbers': secret =>
    onlyLetters(secret)
      .map(letter => place(letter) + 1)
      .join('-'),
  base32: secret => radix(secret, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 5),
  ascii85,
  'four letters for a byte': secret => radix(secret, 'ACGT', 2),
  'rail fence': secret => railFence(secret, 3),
  'in columns': secret => columns(secret, 7),
  'swapped pairs': secret => secret.replace(/(.)(.)/g, '$2$1'),
  'each word backwards': secret => words(secret, word => [...word].reverse().join('')),
  'pig latin': secret => words(secret, word => word.replace(/^([^aeiou]*)(.*)$/i, '$2$1ay')),
  'syllables put in': secret => secret.replace(/[aeiou]/gi, vowel => `ub${vowel}`),
  'vowels left out': secret => secret.replace(/[aeiou]/gi, ''),
  'spelling alphabet': secret =>
    onlyLetters(secret)
      .map(letter => NATO[place(letter)])
      .join(' '),
  'codes in number words': secret =>
    [...secret]
      .map(char => [...String(char.charCodeAt(0))].map(digit => DIGIT_NAMES[Number(digit)]).join(' '))
      .join(', '),
  'roman letter numbers': secret =>
    onlyLetters(secret)
      .map(letter => ROMAN[place(letter)])
      .join(' '),
  emoji: table(EMOJI),
  braille: table(BRAILLE),
  'turned letters': secret => [...table(TURNED)(secret)].reverse().join(''),
  'polybius square': secret =>
    onlyLetters(secret)
      .map(
        letter =>
          `${1 + Math.floor(Math.min(place(letter), 24) / 5)}${1 + (Math.min(place(letter), 24) % 5)}`,
      )
      .join(' '),
  'bacon cipher': secret =>
    onlyLetters(secret)
      .map(letter => place(letter).toString(2).padStart(5, '0').replace(/0/g, 'a').replace(/1/g, 'b'))
      .join(' '),
  'hex under a key': secret =>
    [...secret].map(char => (char.charCodeAt(0) ^ 0x2a).toString(16).padStart(2, '0')).join(''),
  'a letter between letters': secret => [...secret].map((char, at) => char + ABC[(at * 7) % 26]).join(''),
  'words in another order': secret => {
    const list = secret.split(' ')
    return list.map((_, at) => list[(at * 37) % list.length]).join(' ')
  },
  'last letters of lines': secret =>
    onlyLetters(secret)
      .map(letter => `the next one that I see is ${letter}`)
      .join('\n'),
  'every third word': secret =>
    secret
      .split(' ')
      .map((word, at) => `${word} ${NATO[at % 26]} ${NATO[(at * 5) % 26]}`)
      .join(' '),
}
