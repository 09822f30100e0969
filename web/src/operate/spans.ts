/** Stretches of time in words: the ledger's delays, and what is left of them. */
import { plural } from '../words/plain.ts'

const DAY = 86_400
const HOUR = 3_600
const MINUTE = 60

export const daysOf = (seconds: number): string => plural(Math.round(seconds / DAY), 'day')

/** In the largest unit that says something, rounded up: nothing is free before it is. */
export function leftWords(seconds: number): string {
  if (seconds > 2 * DAY) return plural(Math.ceil(seconds / DAY), 'day')
  if (seconds > 2 * HOUR) return plural(Math.ceil(seconds / HOUR), 'hour')
  return plural(Math.max(1, Math.ceil(seconds / MINUTE)), 'minute')
}
