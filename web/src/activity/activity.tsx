/** What happened, newest first: plain sentences with people, time and transaction, and a press that shows more. */
import type { Activity as Happened } from '@grimoire/client/activity'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Copy } from '../design/copy.tsx'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { count, moment, short } from '../words/plain.ts'
import { WorkName } from '../work/work-name.tsx'
import { activityOf, type Subject } from './queries.ts'
import { Sentence } from './sentence.tsx'

/** What is on the chain is shown with where; what was only signed is said to be that. */
function Proof({ row }: { row: Happened }) {
  const { transaction, blockNumber, isProven } = row
  if (transaction === null || blockNumber === null)
    return <>signed and posted here; nothing has moved by it</>
  return (
    <>
      {isProven ? '✓ ' : 'not yet seen on the chain, '}block {count(blockNumber)},{' '}
      <span className="whitespace-nowrap">
        transaction <code>{short(transaction)}</code>
      </span>{' '}
      <Copy
        text={transaction}
        label="Copy"
        what={`transaction ${short(transaction)}`}
        className="button quiet slim"
      />
    </>
  )
}

function Row({ row, named }: { row: Happened; named: boolean }) {
  return (
    <li className="py-2.5">
      <p>
        <Sentence row={row} of={named ? <WorkName workId={row.workId} /> : null} />
      </p>
      <p className="whisper">
        {moment(row.atSeconds)}, <Proof row={row} />
      </p>
    </li>
  )
}

const keyOf = (row: Happened, at: number) =>
  `${row.transaction ?? row.atSeconds} ${row.kind} ${row.workId} ${at}`

export function Activity({ subject, nothing }: { subject: Subject; nothing: string }) {
  const asked = useInfiniteQuery(activityOf(subject))
  const { data, error, hasNextPage, isFetchingNextPage } = asked
  const rows = data?.pages.flatMap(({ activity }) => activity) ?? []
  if (asked.isPending) return <Waiting label="Asking what happened" lines={3} />
  return (
    <>
      {data && rows.length === 0 && <p>{nothing}</p>}
      {rows.length > 0 && (
        <ol className="divide-y divide-line border-y border-line">
          {rows.map((row, at) => (
            <Row key={keyOf(row, at)} row={row} named={!('workId' in subject)} />
          ))}
        </ol>
      )}
      {error && (
        <Refusal error={error}>
          <Again run={() => void (data ? asked.fetchNextPage() : asked.refetch())} />
        </Refusal>
      )}
      {hasNextPage && !error && (
        <button
          type="button"
          className="button mt-4"
          aria-disabled={isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          {isFetchingNextPage ? 'Looking further back…' : 'Show more'}
        </button>
      )}
    </>
  )
}
