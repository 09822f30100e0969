/** What the edge counts of an account's earnings, and whether the ledger's own events come to the same. */
import { type EarningRole, earningsAnswer, type GROUPINGS } from '@grimoire/schema/earnings'
import { queryOptions } from '@tanstack/react-query'
import { ask } from '../edge/ask.ts'
import type { Earned } from './queries.ts'

export type Grouping = (typeof GROUPINGS)[number]
export type Looked = { address: string; role: EarningRole; by: Grouping }

export const toldEarnings = ({ address, role, by }: Looked) =>
  queryOptions({
    queryKey: ['earnings', 'told', address, role, by],
    queryFn: ({ signal }) =>
      ask('/v1/earnings', {
        read: body => earningsAnswer.parse(body),
        query: { address, role, by },
        signal,
      }),
  })

/** As many payments as the edge puts into one file. */
export const ROWS = 1_000

/** Paths at the edge, which need not be where the page is. */
export const sumsFile = ({ address, role, by }: Looked): string =>
  `/v1/earnings?${new URLSearchParams({ address, role, by, format: 'csv' })}`
export const paymentsFile = ({ address, role }: Looked): string =>
  `/v1/earnings/payments?${new URLSearchParams({ address, role, format: 'csv', limit: String(ROWS) })}`

const KINDS: Record<EarningRole, readonly string[]> = {
  creator: ['sale', 'royalty', 'answers', 'parent'],
  operator: ['serving'],
}

/** The same sum from the ledger's events, which the page has read by itself. */
export const ledgerTotal = ({ earnings }: Pick<Earned, 'earnings'>, role: EarningRole): bigint =>
  earnings
    .filter(({ kind }) => KINDS[role].includes(kind))
    .reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)

export const KIND_WORDS: Record<string, string> = {
  sale: 'First sales',
  royalty: 'Resales',
  answers: 'Answers of one’s works',
  parent: 'Answers of works that build on one’s own',
  serving: 'Answers that one’s machine gave',
  fee: 'The market’s share',
  proceeds: 'One’s own resales',
}

const DAY_MS = 24 * 3600 * 1000
/** A single day does not fill the picture, and no more are drawn than can be told apart on a phone. */
const DAYS_LEAST = 30
const DAYS_MOST = 60

/** The days up to the last in which something came in, those without anything among them. */
export function everyDay(sums: readonly { group: string; amountAtomic: string }[]) {
  const amounts = new Map(sums.map(({ group, amountAtomic }) => [group, Number(amountAtomic)]))
  const times = sums.map(({ group }) => Date.parse(group))
  const last = Math.max(...times)
  const back = (days: number) => last - (days - 1) * DAY_MS
  const first = Math.max(Math.min(...times, back(DAYS_LEAST)), back(DAYS_MOST))
  return Array.from({ length: Math.round((last - first) / DAY_MS) + 1 }, (_, at) => {
    const key = new Date(first + at * DAY_MS).toISOString().slice(0, 10)
    return { key, value: amounts.get(key) ?? 0 }
  })
}
