/** What came in by day, work or kind: the edge's sums with a picture, their table, and what the ledger itself says. */
import type { EarningSum } from '@grimoire/schema/earnings'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Columns } from '../design/chart.tsx'
import { Choice } from '../design/choice.tsx'
import { Sheet } from '../design/sheet.tsx'
import { useLinkBase } from '../edge/link-base.ts'
import { count, day, money } from '../words/plain.ts'
import { WorkName } from '../work/work-name.tsx'
import type { Earned } from './queries.ts'
import {
  everyDay,
  type Grouping,
  KIND_WORDS,
  type Looked,
  ledgerTotal,
  paymentsFile,
  ROWS,
  sumsFile,
  toldEarnings,
} from './told.ts'
import { Why } from './why.tsx'

/** While the edge and the ledger are apart. */
const ASK_AGAIN_MS = 5_000

const ROLES = [
  ['creator', 'As a maker'],
  ['operator', 'As an operator'],
] as const
const GROUPINGS = [
  ['day', 'By day'],
  ['work', 'By work'],
  ['kind', 'By kind'],
] as const
const NAMES: Record<Grouping, string> = { day: 'Day', work: 'Work', kind: 'Kind' }
const dayOf = (date: string) => day(Date.parse(date) / 1000)

function nameOf(by: Grouping, group: string) {
  if (by === 'work') return <WorkName workId={group} />
  return by === 'day' ? dayOf(group) : (KIND_WORDS[group] ?? group)
}

const largest = (sums: readonly EarningSum[]): bigint =>
  sums.reduce((most, { amountAtomic }) => (BigInt(amountAtomic) > most ? BigInt(amountAtomic) : most), 0n)

function Days({ sums }: { sums: readonly EarningSum[] }) {
  const columns = everyDay(sums)
  const shown = sums.filter(({ group }) => columns.some(({ key }) => key === group))
  return (
    <Columns
      caption="By day, the same sums as in the table below; days are those of Greenwich."
      columns={columns}
      most={money(largest(shown))}
      first={dayOf(columns[0]?.key ?? '')}
      last={dayOf(columns.at(-1)?.key ?? '')}
    />
  )
}

/** A bar for the eye beside the sum in words; the longest is what came in the most. */
function SumsTable({ by, sums }: { by: Grouping; sums: readonly EarningSum[] }) {
  const most = largest(sums) || 1n
  const rows =
    by === 'day' ? sums : sums.toSorted((a, b) => Number(BigInt(b.amountAtomic) - BigInt(a.amountAtomic)))
  return (
    <Sheet
      caption={`Earned by ${by}`}
      columns={[NAMES[by], 'Payments', 'Earned', 'Compared']}
      forTheEye="Compared"
      rows={rows.map(({ group, amountAtomic, payments }) => ({
        key: group,
        cells: [
          nameOf(by, group),
          count(payments),
          money(amountAtomic),
          <span
            key="bar"
            className="block h-3 self-center bg-rubric"
            style={{ width: `${Math.max(1, Number((BigInt(amountAtomic) * 100n) / most))}%` }}
          />,
        ],
      }))}
    />
  )
}

/** An edge that is behind, or that miscounts, is told from one that is right. */
function Compared({ told, ledger }: { told: bigint; ledger: bigint }) {
  if (told === ledger)
    return (
      <p className="mb-4">✓ {money(told)} in all: this edge and the ledger’s own events come to the same.</p>
    )
  return (
    <p className="mb-4" role="alert">
      This edge counts {money(told)}, the ledger’s own events came to {money(ledger)} when this page read
      them. An edge is some blocks behind at times; where the two stay apart, the ledger is right.
    </p>
  )
}

function Files(props: { looked: Looked; payments: number; more: boolean }) {
  const { looked, payments, more } = props
  const base = useLinkBase()
  const file = `grimoire-${looked.role}`
  return (
    <p className="mt-4 flex flex-wrap items-center gap-4">
      <a className="button" href={base + sumsFile(looked)} download={`${file}-by-${looked.by}.csv`}>
        This table as CSV
      </a>
      <a className="button" href={base + paymentsFile(looked)} download={`${file}-payments.csv`}>
        {payments > ROWS ? `The newest ${count(ROWS)} payments` : 'Every payment'} as CSV
      </a>
      {more && <span className="whisper">The table shows a hundred rows.</span>}
    </p>
  )
}

function Sums({ looked, earned }: { looked: Looked; earned: Earned }) {
  const { role, by } = looked
  const ledger = ledgerTotal(earned, role)
  const told = useQuery({
    ...toldEarnings(looked),
    refetchInterval: ({ state }) =>
      state.data && BigInt(state.data.totalAtomic) !== ledger ? ASK_AGAIN_MS : false,
  })
  return (
    <Asked question={told} waiting="Asking the edge for its sums" lines={3}>
      {({ sums, totalAtomic, payments, nextCursor }) => (
        <>
          <Compared told={BigInt(totalAtomic)} ledger={ledger} />
          {sums.length > 0 && (
            <>
              {by === 'day' && <Days sums={sums} />}
              <SumsTable by={by} sums={sums} />
              <Files looked={looked} payments={payments} more={nextCursor !== null} />
            </>
          )}
        </>
      )}
    </Asked>
  )
}

export function CameIn({ address, earned }: { address: string; earned: Earned }) {
  const served = earned.earnings.some(({ kind }) => kind === 'serving')
  const made = ledgerTotal(earned, 'creator') > 0n
  const [role, setRole] = useState<Looked['role']>(served && !made ? 'operator' : 'creator')
  const [by, setBy] = useState<Grouping>('day')
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-x-10">
        <Choice legend="Earned as" name="role" options={ROLES} chosen={role} choose={setRole} />
        <Choice legend="Summed up by" name="by" options={GROUPINGS} chosen={by} choose={setBy} />
      </div>
      <Sums looked={{ address, role, by }} earned={earned} />
      {role === 'operator' && <Why address={address} />}
    </>
  )
}
