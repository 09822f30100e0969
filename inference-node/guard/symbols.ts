/** The few classes of characters that the language gate tells apart; a model of language is a table over these. */
import { foldPoint } from './letters.ts'

export const SYMBOLS = "abcdefghijklmnopqrstuvwxyz /0.'#~^"
const CODES = new Map([...SYMBOLS].map((symbol, code) => [symbol, code]))
export const SYMBOL_COUNT = SYMBOLS.length

const codeOf = (symbol: string): number => CODES.get(symbol) ?? 0

function symbolOf(point: string): string {
  if (point === '\n') return '/'
  if (/\s/.test(point)) return ' '
  if (/[.,;:!?]/.test(point)) return '.'
  if (/['"()\-–—…“”‘’«»¿¡*]/.test(point)) return "'"
  const letter = foldPoint(point)[0] ?? ''
  if (/[a-z]/.test(letter)) return letter
  if (/\p{N}/u.test(letter)) return '0'
  if (letter !== '') return '~'
  return /[\p{M}\p{Cf}]/u.test(point) ? '' : '#'
}

/** Turns characters into symbol codes. Runs of the same sign count once: a line of dashes says nothing. */
export class Symbols {
  #last = ''
  #lastPoint = ''

  codes(point: string): number[] {
    const symbol = symbolOf(point)
    const raised = /\p{Ll}/u.test(this.#lastPoint) && /\p{Lu}/u.test(point)
    this.#lastPoint = point
    if (symbol === '' || (symbol === this.#last && !/[a-z0~]/.test(symbol))) return []
    this.#last = symbol
    return raised ? [codeOf('^'), codeOf(symbol)] : [codeOf(symbol)]
  }
}

export function symbolCodes(text: string): number[] {
  const symbols = new Symbols()
  return [...text].flatMap(point => symbols.codes(point))
}
