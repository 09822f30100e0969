/** Earnings: what the ledger owes, where it came from to the last unit, and one press to take it. */
import { useQuery } from '@tanstack/react-query'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Asked } from '../design/asked.tsx'
import { Copy } from '../design/copy.tsx'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { Notice } from '../design/states.tsx'
import { saveFile } from '../device/save-file.ts'
import { useTitle } from '../frame/title.ts'
import { askForWallet } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { count, money, short } from '../words/plain.ts'
import { WorkName } from '../work/work-name.tsx'
import { CameIn } from './came-in.tsx'
import { asCsv, type Earned, earningsOf } from './queries.ts'
import { KIND_WORDS } from './told.ts'
import { Why } from './why.tsx'

const STEPS: readonly Step[] = ['check', 'send', 'block']
const NEWEST = 50

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
        <UnderWay state={state} steps={STEPS} again={deed.reset} label="Look at it again" />
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

function Credits({ earned }: { earned: Earned }) {
  const newest = earned.earnings.toReversed().slice(0, NEWEST)
  return (
    <>
      <Sheet
        caption="Credits, the newest first"
        columns={['Block', 'For', 'Work', 'Credited', 'Transaction']}
        rows={newest.map((row, index) => ({
          key: `${row.transactionHash}${index}`,
          cells: [
            String(row.blockNumber),
            KIND_WORDS[row.kind] ?? row.kind,
            <WorkName key="name" workId={row.workId} />,
            money(row.amountAtomic),
            <span key="transaction">
              <Copy
                text={row.transactionHash}
                label={short(row.transactionHash)}
                what="copy this transaction’s hash"
                className="button quiet -ml-2"
              />
            </span>,
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

function Account({ session, earned }: { session: Session; earned: Earned }) {
  return (
    <>
      <Withdraw session={session} owedAtomic={earned.owedAtomic} />
      {earned.earnings.length === 0 ? (
        <Chapter title="Why is there nothing?">
          <p className="max-w-2xl">
            This account was never credited. Makers earn when their work is bought, sold again, or answers;
            operators when a machine of theirs answers.
          </p>
          <Why address={session.address} />
        </Chapter>
      ) : (
        <>
          <Chapter title="What came in">
            <CameIn address={session.address} earned={earned} />
          </Chapter>
          <Chapter title="Credit by credit">
            <Credits earned={earned} />
          </Chapter>
        </>
      )}
    </>
  )
}

function Earnings({ session }: { session: Session }) {
  const found = useQuery(earningsOf(session.address))
  return (
    <Asked question={found} waiting="Reading the ledger’s credits" lines={5}>
      {earned => <Account session={session} earned={earned} />}
    </Asked>
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
      <Earnings key={session.address} session={session} />
    </div>
  )
}
