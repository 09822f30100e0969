/**
 * Encodings written after the guard's second version was frozen. It stopped 80.4 % of them (100 secrets, 28 encodings) the
 * first and only time that they were new to it; what they had shown to be missing was then added.
 */
import type { Encoding } from './listed.ts'

const ABC = 'abcdefghijklmnopqrstuvwxyz'
const place = (letter: string) => ABC.indexOf(letter)
const letters = (secret: string) => [...secret.toLowerCase()].filter(letter => place(letter) >= 0)
const each = (secret: string, turn: (letter: string) => string, between = ' ') =>
  letters(secret).map(turn).join(between)
const codes = (secret: string) => [...new TextEncoder().encode(secret)]
const bits = (secret: string) => codes(secret).flatMap(code => [...code.toString(2).padStart(8, '0')])

/** Shifts each letter by what `key` says for its place among the letters. */
function running(secret: string, key: (at: number, earlier: readonly string[]) => number): string {
  const earlier: string[] = []
  return [...secret.toLowerCase()]
    .map(letter => {
      if (place(letter) < 0) return letter
      const shifted = ABC[(place(letter) + key(earlier.length, earlier)) % 26] ?? ''
      earlier.push(letter)
      return shifted
    })
    .join('')
}

function base58(secret: string): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  let value = BigInt(`0x${Buffer.from(secret).toString('hex')}`)
  let out = ''
  for (; value > 0n; value /= 58n) out = (alphabet[Number(value % 58n)] ?? '') + out
  return out
}

function uuencoded(secret: string): string {
  const all = bits(secret).join('')
  return (all.match(/.{6}/g) ?? []).map(six => String.fromCharCode(32 + Number.parseInt(six, 2))).join('')
}

const COVER =
  'When the evening comes down over the harbour I like to sit by the wall and watch the boats go out to sea again'
const KEYPAD = '2 22 222 3 33 333 4 44 444 5 55 555 6 66 666 7 77 777 7777 8 88 888 9 99 999 9999'.split(' ')
const RUNES = [...'ᚨᛒᚲᛞᛖᚠᚷᚺᛁᛃᚴᛚᛗᚾᛟᛈᛩᚱᛋᛏᚢᚡᚹᛪᚣᛉ']
const NOTES = 'do re mi fa sol la ti'.split(' ')
const UNIDAD =
  'uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis'.split(
    ' ',
  )

export const SECOND_SEEN: Record<string, Encoding> = {
  base58,
  uuencode: uuencoded,
  'a growing shift': secret => running(secret, at => at % 26),
  'a key of its own letters': secret =>
    running(secret, (at, earlier) => place(at < 3 ? ('ink'[at] ?? 'a') : (earlier[at - 3] ?? 'a'))),
  'affine alphabet': secret =>
    [...secret.toLowerCase()]
      .map(letter => ABC[(5 * place(letter) + 8) % 26] ?? letter)
      .map((coded, at) => (place(secret.toLowerCase()[at] ?? '') < 0 ? secret[at] : coded))
      .join(''),
  'two digits each, unbroken': secret => each(secret, letter => String(place(letter) + 10), ''),
  'chess squares': secret =>
    each(secret, letter => `${'abcdef'[Math.floor(place(letter) / 6)]}${1 + (place(letter) % 6)}`),
  runes: secret => [...secret.toLowerCase()].map(letter => RUNES[place(letter)] ?? letter).join(''),
  'tap code': secret =>
    each(
      secret,
      letter =>
        `${'.'.repeat(1 + Math.floor(Math.min(place(letter), 24) / 5))} ${'.'.repeat(1 + (Math.min(place(letter), 24) % 5))}`,
      '  ',
    ),
  'bits without width in a cover text': secret => {
    const hidden = bits(secret).map(bit => (bit === '0' ? '\u200b' : '\u200c'))
    return [...COVER.repeat(20)].map((char, at) => char + hidden.slice(at * 6, at * 6 + 6).join('')).join('')
  },
  'bits as capitals in a cover text': secret => {
    const hidden = bits(secret)
    let at = 0
    return [...`${COVER}. `.repeat(Math.ceil(hidden.length / 80))]
      .map(char =>
        /[a-z]/i.test(char) ? (hidden[at++] === '1' ? char.toUpperCase() : char.toLowerCase()) : char,
      )
      .join('')
  },
  'inner letters sorted': secret =>
    secret
      .split(' ')
      .map(word =>
        word.length < 4 ? word : (word[0] ?? '') + [...word.slice(1, -1)].sort().join('') + word.slice(-1),
      )
      .join(' '),
  'neighbouring words swapped': secret => secret.replace(/(\S+) (\S+)/g, '$2 $1'),
  'keypad presses': secret => each(secret, letter => KEYPAD[place(letter)] ?? ''),
  'notes of a scale': secret =>
    codes(secret)
      .map(code => [...code.toString(7).padStart(3, '0')].map(digit => NOTES[Number(digit)]).join(' '))
      .join(', '),
  'calls of chr': secret =>
    codes(secret)
      .map(code => `chr(${code})`)
      .join(' + '),
  'first word of each sentence': secret =>
    secret
      .split(' ')
      .map(word => `${word.replace(/[.,;]/g, '')}, said the miller, and closed his eyes.`)
      .join(' '),
  'odd letters, then even': secret =>
    [0, 1].map(half => [...secret].filter((_, at) => at % 2 === half).join('')).join(' '),
  'each letter twice': secret => [...secret].map(char => char + char).join(''),
  'bits as words': secret =>
    bits(secret)
      .map(bit => (bit === '0' ? 'zero' : 'one'))
      .join(' '),
  'bits as squares': secret =>
    bits(secret)
      .map(bit => (bit === '0' ? '⬜' : '⬛'))
      .join(''),
  flags: secret => each(secret, letter => String.fromCodePoint(0x1f1e6 + place(letter))),
  'colours of a page': secret =>
    (Buffer.from(secret).toString('hex').match(/.{6}/g) ?? []).map(six => `#${six}`).join(', '),
  'network addresses': secret =>
    (
      codes(secret)
        .join('.')
        .match(/(\d+\.){3}\d+/g) ?? []
    ).join('\n'),
  'spanish numbers': secret => each(secret, letter => UNIDAD[place(letter)] ?? ''),
  'camel case': secret =>
    secret
      .split(' ')
      .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(''),
  'every second line backwards': secret =>
    (secret.match(/.{1,40}/g) ?? [])
      .map((line, at) => (at % 2 ? [...line].reverse().join('') : line))
      .join('\n'),
  'a number for each word': secret =>
    secret
      .split(' ')
      .map(word => BigInt(`0x${Buffer.from(word).toString('hex')}`).toString(36))
      .join(' '),
}
