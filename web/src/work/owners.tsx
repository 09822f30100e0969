/** Who holds a work, by the transfers on the chain as the edge has read them. */
import { type HoldingRow, holdingsPage } from '@grimoire/schema/catalogue'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Person } from '../activity/person.tsx'
import { Asked } from '../design/asked.tsx'
import { Sheet } from '../design/sheet.tsx'
import { ask } from '../edge/ask.ts'
import { count } from '../words/plain.ts'

const SHOWN = 25

const holdersOf = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'holders'],
    queryFn: ({ signal }) =>
      ask('/v1/holdings', {
        read: body => holdingsPage.parse(body),
        query: { workId, limit: SHOWN },
        signal,
      }),
  })

function Holders({ holdings, more }: { holdings: readonly HoldingRow[]; more: boolean }) {
  if (holdings.length === 0) return <p>Nobody holds an edition yet.</p>
  return (
    <>
      <Sheet
        caption="Holders of this work"
        columns={['Holder', 'Editions', 'Opened copies']}
        rows={holdings.map(({ holder, editions, openedCopies }) => ({
          key: holder,
          cells: [<Person key="holder" address={holder} you="You" />, count(editions), count(openedCopies)],
        }))}
      />
      {more && <p className="whisper mt-2">{SHOWN} of its holders are shown.</p>}
    </>
  )
}

export function Owners({ workId }: { workId: string }) {
  return (
    <Asked question={useQuery(holdersOf(workId))} waiting="Asking who holds it" lines={2}>
      {({ holdings, nextCursor }) => <Holders holdings={holdings} more={nextCursor !== null} />}
    </Asked>
  )
}
