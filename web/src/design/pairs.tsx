/** Names and what they stand for, one under the other: facts, terms, sums. */
import type { ReactNode } from 'react'

export type Pair = readonly [name: string, value: ReactNode]

const LOOKS = {
  /** Sentences between lines. */
  ruled: {
    list: 'divide-y divide-line border-y border-line',
    row: 'grid gap-x-6 py-2.5 sm:grid-cols-[11rem_1fr]',
    name: 'font-bold',
    value: '',
  },
  /** Facts, which stand below each other on a phone. */
  facts: {
    list: 'grid gap-x-6 gap-y-1.5 sm:grid-cols-[11rem_1fr]',
    row: 'contents',
    name: 'text-faded',
    value: 'mb-2 sm:mb-0',
  },
  /** Small print, in two columns everywhere. */
  small: {
    list: 'grid grid-cols-[7rem_1fr] gap-x-4',
    row: 'contents',
    name: 'text-faded',
    value: 'tabular-nums',
  },
  sums: {
    list: 'grid grid-cols-[1fr_auto] gap-x-4 gap-y-1',
    row: 'contents',
    name: 'text-faded',
    value: 'text-right tabular-nums',
  },
}

export function Pairs({ look, pairs }: { look: keyof typeof LOOKS; pairs: readonly Pair[] }) {
  const { list, row, name: ofName, value: ofValue } = LOOKS[look]
  return (
    <dl className={list}>
      {pairs.map(([name, value]) => (
        <div key={name} className={row}>
          <dt className={ofName}>{name}</dt>
          <dd className={ofValue}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
