/** Works that list the machine, that it serves, and that it could serve: undertaking one, and what its answers left to be divided. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Chapter, Sheet } from '../design/sheet.tsx'
import type { Session } from '../wallet/session.ts'
import { day, money, plain } from '../words/plain.ts'
import { WorkName } from '../work/work-name.tsx'
import { Act } from './act.tsx'
import { creditOwed, servedWorks, type WorkOfMine } from './queries.ts'

const OPEN_SHOWN = 12

function admittedWords({ by, admits, leavesAtSeconds }: WorkOfMine): string {
  if (by === 'listed') return 'its maker lists you'
  if (by === 'leaving')
    return `its maker removed you; until ${day(leavesAtSeconds ?? 0)} you may serve on, then ask them`
  return admits ? 'anybody with a bond' : 'no more: ask its maker to list you'
}

function Undertake({ session, work }: { session: Session; work: WorkOfMine }) {
  const { workId, by, acceptedAtSeconds } = work
  if (by === 'open') return <span>not needed</span>
  const isTaken = acceptedAtSeconds !== null
  return (
    <div className="flex flex-wrap items-baseline gap-x-4">
      {isTaken && <p>since {day(acceptedAtSeconds)}</p>}
      <Act
        // Another deed each time: what was said of the last one does not stay.
        key={String(isTaken)}
        session={session}
        label={isTaken ? 'Take it back' : 'Undertake it'}
        what={`work ${workId.slice(0, 8)}`}
        className={isTaken ? 'button quiet' : 'button'}
        act={(verbs, market, wallet) => verbs.acceptWork(market, { wallet, workId, accepted: !isTaken })}
        done=""
      />
    </div>
  )
}

function Mine({ session, works }: { session: Session; works: readonly WorkOfMine[] }) {
  return (
    <>
      <Sheet
        caption="Works that you serve or may serve"
        columns={['Work', 'Who lets you', 'Undertaken']}
        rows={works.map(work => ({
          key: work.workId,
          cells: [
            <WorkName key="name" workId={work.workId} />,
            admittedWords(work),
            <Undertake key="undertake" session={session} work={work} />,
          ],
        }))}
      />
      <p className="whisper mt-2 max-w-2xl">
        You may serve without having undertaken it. Who has undertaken it is asked first, and while one of
        them is active the work does not count as abandoned.
      </p>
    </>
  )
}

function Open({ works }: { works: readonly WorkOfMine[] }) {
  if (works.length === 0) return null
  return (
    <>
      <h3 className="mt-7 mb-2 text-xl">Open to anybody with a bond</h3>
      <ul className="max-w-2xl">
        {works.slice(0, OPEN_SHOWN).map(({ workId, base }) => (
          <li key={workId} className="flex flex-wrap justify-between gap-x-4 border-t border-line py-1.5">
            <WorkName workId={workId} />
            {base && <span className="whisper">for {plain(base)}</span>}
          </li>
        ))}
      </ul>
      <p className="whisper mt-2">
        Nothing has to be done for these: a holder’s leave to your machine is enough.
        {works.length > OPEN_SHOWN && ` There are ${works.length - OPEN_SHOWN} more.`}
      </p>
    </>
  )
}

function Due({ session, works }: { session: Session; works: readonly WorkOfMine[] }) {
  const due = works.filter(({ dueAtomic }) => dueAtomic > 0n)
  if (due.length === 0) return <p>Nothing waits to be divided.</p>
  return (
    <Sheet
      caption="Paid, and not divided yet"
      columns={['Work', 'Waits', 'Divide']}
      rows={due.map(({ workId, dueAtomic }) => ({
        key: workId,
        cells: [
          <WorkName key="name" workId={workId} />,
          money(dueAtomic),
          <Act
            key="collect"
            session={session}
            label="Divide it"
            what={`of work ${workId.slice(0, 8)}`}
            act={(verbs, market, wallet) =>
              verbs.collectRoyalties(market, { wallet, workId, operator: session.address })
            }
            done="Everyone’s share is credited."
          />,
        ],
      }))}
    />
  )
}

function Credit({ session }: { session: Session }) {
  const { data } = useQuery(creditOwed(session.address))
  if (data === undefined) return null
  return (
    <p className="mt-4">
      The ledger owes you {money(data)} of your own.{' '}
      <Link to="/earnings" className="text-rubric">
        {data > 0n ? 'Take it under Earnings' : 'What came in stands under Earnings'}
      </Link>
    </p>
  )
}

export function Works({ session }: { session: Session }) {
  const found = useQuery(servedWorks(session.address))
  return (
    <>
      <Chapter title="Works">
        <Asked question={found} waiting="Asking the ledger what you may serve" lines={3}>
          {works => {
            const mine = works.filter(({ by, served }) => by !== 'open' || served)
            const open = works.filter(({ by, served, admits }) => by === 'open' && !served && admits)
            return (
              <>
                {mine.length > 0 ? (
                  <Mine session={session} works={mine} />
                ) : (
                  <p className="max-w-2xl">
                    No maker lists you yet. Makers choose their machines in the studio, by address and bond;
                    tell them yours.
                  </p>
                )}
                <Open works={open} />
              </>
            )
          }}
        </Asked>
      </Chapter>
      <Chapter title="Answers to be divided">
        <p className="mb-4 max-w-2xl">
          What holders pay goes to the work’s splitter, and from there to maker, market and you. The machine
          does that by itself every while; anyone may do it at once.
        </p>
        <Asked question={found} waiting="Asking what waits" lines={2}>
          {works => <Due session={session} works={works} />}
        </Asked>
        <Credit session={session} />
      </Chapter>
    </>
  )
}
