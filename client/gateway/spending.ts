/** What was spent, by day, work and operator, in the form that programs read. */
import { Problem } from '@grimoire/schema/problem'
import type { Book } from './book.ts'

const MOST_DAYS = 3_650

export const spendingDays = (text = '30'): number => {
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days
  throw new Problem('request_invalid', {
    param: 'days',
    got: text,
    expected: `a whole number from 1 to ${MOST_DAYS}`,
  })
}

export function spendingReport(book: Book, days?: string) {
  const { day, spentAtomic, heldAtomic, capAtomic } = book.today()
  const leftAtomic = capAtomic - spentAtomic - heldAtomic
  return {
    today: {
      day,
      spentAtomic: String(spentAtomic),
      heldAtomic: String(heldAtomic),
      capAtomic: String(capAtomic),
      leftAtomic: String(leftAtomic > 0n ? leftAtomic : 0n),
    },
    rows: book.spending({ days: spendingDays(days) }).map(row => ({
      ...row,
      chargedAtomic: String(row.chargedAtomic),
      atRiskAtomic: String(row.atRiskAtomic),
    })),
  }
}
