/** Which operator is asked first: the cheapest for this very turn, with a handicap for a cold work and for past failures. */
import type { Hex } from '@grimoire/schema/hex'
import { maxChargeAtomic } from '@grimoire/schema/price'
import type { CheckedQuote } from '../read-quote.ts'

const FORGOTTEN_AFTER_MS = 10 * 60_000
/** In tenths: a cold work counts as a tenth dearer, each failure as once more the price. */
const COLD_TENTHS = 1n
const FAILURE_TENTHS = 10n
const MOST_FAILURES = 9

export type TurnSize = { inputBytes: number; maxOutputBytes: number }

export type Faults = ReturnType<typeof faultsOf>

/** Failures of the last ten minutes, by operator. */
export function faultsOf(now: () => number = Date.now) {
  const known = new Map<string, number[]>()
  const recent = (operator: Hex) =>
    (known.get(operator.toLowerCase()) ?? []).filter(atMs => atMs > now() - FORGOTTEN_AFTER_MS)
  return {
    count: (operator: Hex) => recent(operator).length,
    note: (operator: Hex) => void known.set(operator.toLowerCase(), [...recent(operator), now()]),
    forget: (operator: Hex) => void known.delete(operator.toLowerCase()),
  }
}

function handicapped({ quote }: CheckedQuote, size: TurnSize, faults: Faults): bigint {
  const mostAtomic = maxChargeAtomic(quote.prices, size.inputBytes, size.maxOutputBytes)
  const failures = BigInt(Math.min(faults.count(quote.operator), MOST_FAILURES))
  return mostAtomic * (10n + (quote.warm ? 0n : COLD_TENTHS) + failures * FAILURE_TENTHS)
}

/** The best first. Equals keep their order, so that a conversation stays where its prompt is warm. */
export const ranked = (candidates: readonly CheckedQuote[], size: TurnSize, faults: Faults): CheckedQuote[] =>
  candidates
    .map(candidate => ({ candidate, cost: handicapped(candidate, size, faults) }))
    .sort((a, b) => (a.cost < b.cost ? -1 : Number(a.cost > b.cost)))
    .map(({ candidate }) => candidate)
