/** Earnings: what the ledger owes, where it came from to the last unit, and one press to take it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Steps } from '../deed/steps.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { Again, Notice, Refusal, Waiting } from '../design/states.tsx'
import { saveFile } from '../device/save-file.ts'
import { useTitle } from '../frame/title.ts'
import { titleOf } from '../market/shelf.tsx'
import { askForWallet } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { count, money, short } from '../words/plain.ts'
import { toldWork } from '../work/queries.ts'
import { asCsv, type Earned, earningsOf, type PerWork, perWork } from './queries.ts'

const STEPS: readonly Step[] = ['check', 'send', 'block']
const NEWEST = 50

function WorkName({ workId }: { workId: string }) {
  const { data: work } = useQuery(toldWork(workId))
  return (
    <Link to="/works/$workId" params={{ workId }} className="text-rubric">
      {work ? titleOf(work) : `work ${short(workId)}`}
    </Link>
  )
}

function Withdraw({ session, owedAtomic }: { session: Session; owedAtomic: bigint }) {
  const deed = useDeed<unknown>()
  const { state } = deed
  const take = () =>
    void deed.run(session, (hands, market, wallet) => hands.withdrawCredit(market, { wallet }))
  return (
    <div className="border border-line bg-leaf p-5">
      <p>
        The ledger owes you <span className="ml-1 font-book text-4xl font-semibold">{money(owedAtomic)}</span>
      </p>
      <div className="mt-4">
        {state.stage === 'running' && <Steps steps={STEPS} at={state.step} />}
        {state.stage === 'failed' && (
          <Refusal error={state.error}>
            <Again run={deed.reset} label="Look at it again" />
          </Refusal>
        )}
        {state.stage === 'done' && <p role="status">It is in your wallet.</p>}
        {(state.stage === 'review' || state.stage === 'done') && (
          <button type="button" className="button chief" disabled={owedAtomic === 0n} onClick={take}>
            {owedAtomic === 0n ? 'Nothing to take now' : 'Take all of it'}
          </button>
        )}
      </div>
    </div>
  )
}

/** A bar for the eye beside the sum in words; the longest is what came in the most. */
function PerWorkTable({ rows }: { rows: readonly PerWork[] }) {
  const most = rows[0]?.amountAtomic || 1n
  return (
    <Sheet
      caption="Earned by each work"
      columns={['Work', 'Credits', 'Earned', 'Compared']}
      rows={rows.map(({ workId, amountAtomic, times }) => ({
        key: workId,
        cells: [
          <WorkName key="name" workId={workId} />,
          count(times),
          money(amountAtomic),
          <span
            key="bar"
            aria-hidden="true"
            className="block h-3 self-center bg-rubric"
            style={{ width: `${Math.max(1, Number((amountAtomic * 100n) / most))}%` }}
          />,
        ],
      }))}
    />
  )
}

function Credits({ earned }: { earned: Earned }) {
  const newest = earned.earnings.toReversed().slice(0, NEWEST)
  return (
    <>
      <Sheet
        caption="Credits, the newest first"
        columns={['Block', 'Work', 'Credited', 'Transaction']}
        rows={newest.map((row, index) => ({
          key: `${row.transactionHash}${index}`,
          cells: [
            String(row.blockNumber),
            <WorkName key="name" workId={row.workId} />,
            money(row.amountAtomic),
            short(row.transactionHash),
          ],
        }))}
      />
      <p className="mt-4 flex flex-wrap items-center gap-4">
        <button
          type="button"
          className="button"
          onClick={() => saveFile('grimoire-earnings.csv', 'text/csv', asCsv(earned))}
        >
          Save all {count(earned.earnings.length)} as CSV
        </button>
        {earned.earnings.length > NEWEST && (
          <span className="whisper">The newest {NEWEST} are shown, all are in the file.</span>
        )}
      </p>
    </>
  )
}

function Account({ session }: { session: Session }) {
  const found = useQuery(earningsOf(session.address))
  if (found.isPending) return <Waiting label="Reading the ledger’s credits" lines={5} />
  if (found.isError)
    return (
      <Refusal error={found.error}>
        <Again run={() => void found.refetch()} />
      </Refusal>
    )
  const earned = found.data
  return (
    <>
      <Withdraw session={session} owedAtomic={earned.owedAtomic} />
      {earned.earnings.length === 0 ? (
        <Chapter title="Why is there nothing?">
          <p className="max-w-2xl">
            This account was never credited. Makers earn when their work is bought, sold again, or answers;
            operators when a machine of theirs answers. Answers are credited when the machine has claimed
            them, which it does by itself every while.
          </p>
        </Chapter>
      ) : (
        <>
          <Chapter title="By work">
            <p className="mb-4">In all, since the market began: {money(earned.totalAtomic)}.</p>
            <PerWorkTable rows={perWork(earned)} />
          </Chapter>
          <Chapter title="Credit by credit">
            <Credits earned={earned} />
          </Chapter>
        </>
      )}
    </>
  )
}

export function EarningsPage() {
  const session = useSession()
  useTitle('Earnings')
  if (!session)
    return (
      <Notice title="Whose earnings?">
        <p>Makers and operators are paid by their account. Choose the wallet that holds yours.</p>
        <button type="button" className="button chief" onClick={() => void askForWallet()}>
          Choose a wallet
        </button>
      </Notice>
    )
  return (
    <div className="width pt-8 sm:pt-14">
      <h1 className="mb-8">Earnings</h1>
      <Account key={session.address} session={session} />
    </div>
  )
}
