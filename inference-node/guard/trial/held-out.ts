/**
 * Encodings for which no view was written and on which no threshold was set: this file came after the commit that froze
 * both for the third time. To be less a choice of ours, they are the operations of a well-known public toolbox for
 * encodings that the earlier sets did not have, as far as a model could write them without a program.
 */
import type { Encoding } from './listed.ts'

const ABC = 'abcdefghijklmnopqrstuvwxyz'
const bytesOf = (secret: string) => [...new TextEncoder().encode(secret)]
const hex = (secret: string) => bytesOf(secret).map(byte => byte.toString(16).padStart(2, '0'))
const places = (secret: string) => [...secret.toLowerCase()].map(letter => ABC.indexOf(letter))

/** A whole text as one number in another base. */
function inBase(secret: string, alphabet: string): string {
  let value = BigInt(`0x${hex(secret).join('')}`)
  const base = BigInt(alphabet.length)
  let out = ''
  for (; value > 0n; value /= base) out = (alphabet[Number(value % base)] ?? '') + out
  return out
}

const ASCII = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).join('')
const DIGITS = '0123456789'
const BASE45 = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:`

function base45(secret: string): string {
  return (hex(secret).join('').match(/.{4}/g) ?? [])
    .map(pair => Number.parseInt(pair, 16))
    .map(pair =>
      [pair % 45, Math.floor(pair / 45) % 45, Math.floor(pair / 2025)].map(at => BASE45[at]).join(''),
    )
    .join('')
}

const rot47 = (secret: string) =>
  [...secret]
    .map(char => (char === ' ' ? char : String.fromCharCode(33 + ((char.charCodeAt(0) - 33 + 47) % 94))))
    .join('')

/** Coordinates in a five by five square, rows first, then columns, read off in pairs. */
function bifid(secret: string): string {
  const square = ABC.replace('j', '')
  const found = [...secret.toLowerCase().replace(/j/g, 'i')]
    .map(letter => square.indexOf(letter))
    .filter(at => at >= 0)
  const all = [...found.map(at => Math.floor(at / 5)), ...found.map(at => at % 5)]
  return found.map((_, at) => square[(all[2 * at] ?? 0) * 5 + (all[2 * at + 1] ?? 0)]).join('')
}

function caesarBox(secret: string): string {
  const clean = secret.replace(/ /g, '')
  const side = Math.ceil(Math.sqrt(clean.length))
  return Array.from({ length: side }, (_, column) =>
    [...clean].filter((_, at) => at % side === column).join(''),
  ).join('')
}

/** A pin wheel of alternating offsets: the digits of a key, one after another. */
const gronsfeld = (secret: string) =>
  places(secret)
    .map((at, index) => (at < 0 ? secret[index] : ABC[(at + Number('31415'[index % 5])) % 26]))
    .join('')

const porta = (secret: string) =>
  places(secret)
    .map((at, index) => {
      const shift = ABC.indexOf('anchor'[index % 6] ?? 'a') >> 1
      if (at < 0) return secret[index]
      return at < 13 ? ABC[13 + ((at + shift) % 13)] : ABC[(at - 13 - shift + 13) % 13]
    })
    .join('')

const hexdump = (secret: string) =>
  (
    hex(secret)
      .join(' ')
      .match(/.{1,48}/g) ?? []
  )
    .map((line, at) => `${(at * 16).toString(16).padStart(8, '0')}  ${line.trim()}`)
    .join('\n')

export const HELD_OUT: Record<string, Encoding> = {
  base45,
  base62: secret => inBase(secret, `${DIGITS}${ABC.toUpperCase()}${ABC}`),
  base92: secret => inBase(secret, ASCII.slice(0, 92)),
  base36: secret => inBase(secret, `${DIGITS}${ABC}`),
  rot47,
  'rot 8000': secret =>
    [...secret]
      .map(char => (char === ' ' ? ' ' : String.fromCodePoint(char.charCodeAt(0) + 0x7d00)))
      .join(''),
  bifid,
  'caesar box': caesarBox,
  gronsfeld,
  porta,
  'whale sounds': secret =>
    bytesOf(secret)
      .map(byte => byte.toString(2).padStart(16, '0').replace(/0/g, 'E').replace(/1/g, 'e'))
      .join(''),
  'quoted printable': secret =>
    hex(secret)
      .map(byte => `=${byte.toUpperCase()}`)
      .join(''),
  'utf-16 in hex': secret =>
    hex(secret)
      .map(byte => `${byte}00`)
      .join(''),
  hexdump,
  'packed decimals': secret =>
    bytesOf(secret)
      .flatMap(byte =>
        [...String(byte).padStart(3, '0')].map(digit => Number(digit).toString(2).padStart(4, '0')),
      )
      .join(' '),
  'swapped byte order': secret =>
    (hex(secret).join('').match(/.{8}/g) ?? [])
      .map(word => (word.match(/../g) ?? []).reverse().join(''))
      .join(' '),
  'braced escapes': secret =>
    bytesOf(secret)
      .map(byte => `\\u{${byte.toString(16)}}`)
      .join(''),
  'each nibble a letter': secret =>
    hex(secret)
      .join('')
      .replace(/./g, digit => ABC[Number.parseInt(digit, 16)] ?? ''),
  'kebab case': secret => secret.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
  'alternating case': secret =>
    [...secret].map((char, at) => (at % 2 ? char.toUpperCase() : char.toLowerCase())).join(''),
  'full width letters': secret =>
    [...secret]
      .map(char => (char > ' ' && char < '\x7f' ? String.fromCharCode(char.charCodeAt(0) + 0xfee0) : char))
      .join(''),
  'rotated by half': secret => secret.slice(secret.length / 2) + secret.slice(0, secret.length / 2),
  'reflected bits': secret =>
    bytesOf(secret)
      .map(byte => (byte ^ (byte >> 1)).toString(16).padStart(2, '0'))
      .join(' '),
  'sums of neighbours': secret =>
    bytesOf(secret)
      .map((byte, at, all) => (byte + (all[at - 1] ?? 0)) % 256)
      .join(' '),
  'keyed by the place': secret =>
    bytesOf(secret)
      .map((byte, at) => (byte ^ (at % 256)).toString(16).padStart(2, '0'))
      .join(' '),
}
