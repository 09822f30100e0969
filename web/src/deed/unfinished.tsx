/** A purchase that the page was left in the middle of: said where its work is, gone on with from what the chain says, paid once. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { Again, Refusal } from '../design/states.tsx'
import { titleOf } from '../market/shelf.tsx'
import { type Session, useSession } from '../wallet/session.ts'
import { moment, money } from '../words/plain.ts'
import { toldWork } from '../work/queries.ts'
import { ReceiptLine } from './bought.tsx'
import { Offline } from './offline.tsx'
import { type Begun, forget, stepsOf, unfinishedOf } from './purchases.ts'
import { Steps } from './steps.tsx'
import { orderOf, usePurchase } from './use-purchase.ts'
import { WayOn } from './way-on.tsx'

type Kept = Begun['kept']

/** From where it was left: nothing is reviewed again, and nothing signed again that is still good. */
function GoOn({ session, kept, close }: { session: Session; kept: Kept; close: () => void }) {
  const { state, run, reset } = usePurchase(orderOf(session, kept))
  const costAtomic = BigInt(kept.costAtomic)
  return (
    <Dialog title={state.stage === 'done' ? 'Bought' : 'Go on with your purchase'} close={close}>
      {state.stage === 'review' && (
        <div className="space-y-5">
          <p>
            {kept.authorization
              ? `The payment of ${money(costAtomic)} is signed already and stays the same. What is left is to send it.`
              : `Your wallet is asked once more for the purchase of ${money(costAtomic)}. It is made once, even if the wallet still shows the first request.`}
          </p>
          <button type="button" className="button chief w-full" onClick={run}>
            Go on and buy for {money(costAtomic)}
          </button>
        </div>
      )}
      {state.stage === 'running' && (
        <>
          <Steps steps={stepsOf(kept.way, costAtomic, state.step)} at={state.step} />
          <Offline />
        </>
      )}
      {state.stage === 'failed' && <WayOn error={state.error} look={close} goOn={run} again={reset} />}
      {state.stage === 'done' && (
        <div className="space-y-5">
          <p>The edition is yours.</p>
          <ReceiptLine {...state.result.transaction} costAtomic={state.result.costAtomic} />
          <Link to="/chat/$workId" params={{ workId: kept.workId }} className="button chief">
            Use it
          </Link>
        </div>
      )}
    </Dialog>
  )
}

/** What it is, in a sentence, and what can be done about it. */
function Told({ one, title, act }: { one: Begun; title: string; act: ReactNode }) {
  const { kept, fate } = one
  const what = `${title} for ${money(kept.costAtomic)}`
  if (fate.is === 'here') return <p>You are buying {what} right now: answer your wallet.</p>
  if (fate.is === 'pending')
    return (
      <p>
        A purchase is under way: {what}. It waits for its block; you may leave this page, and nothing is paid
        twice.
      </p>
    )
  if (fate.is === 'refused')
    return (
      <>
        <p className="mb-3">Your purchase of {what} was sent and refused; nothing was paid by it.</p>
        <Refusal error={fate.problem}>{act}</Refusal>
      </>
    )
  return (
    <>
      {fate.is === 'bought' && (
        <>
          <p>
            <strong>{title}</strong> is yours.
          </p>
          <ReceiptLine {...fate.transaction} costAtomic={BigInt(kept.costAtomic)} />
        </>
      )}
      {fate.is === 'over' && <p>Your purchase of {what} was not made. Nothing was paid.</p>}
      {fate.is === 'open' && (
        <p>
          A purchase is under way: {what}, begun {moment(kept.sinceSeconds)}.{' '}
          {kept.authorization
            ? `You have signed its payment, and nothing is paid yet. What you signed pays for this only, until ${moment(kept.authorization.validBeforeSeconds)}.`
            : 'Your wallet was asked, and the chain does not show it yet.'}
        </p>
      )}
      <p className="mt-3 flex flex-wrap gap-2">{act}</p>
    </>
  )
}

function One({ one, goOn }: { one: Begun; goOn: () => void }) {
  const { kept, fate } = one
  const queries = useQueryClient()
  const { data: work } = useQuery(toldWork(kept.workId))
  const title = work ? titleOf(work) : 'a work'
  const drop = () => void forget(kept).then(() => queries.invalidateQueries({ queryKey: ['purchases'] }))
  const isRefused = fate.is === 'refused' && !kept.authorization
  const isAtAnEnd = fate.is === 'bought' || fate.is === 'over' || isRefused
  // What others have in hand may still be done, whatever is forgotten here.
  const isOut = kept.transaction ?? kept.callsId ?? kept.isShared
  const act = (
    <>
      {fate.is === 'open' && (
        <button type="button" className="button chief" onClick={goOn}>
          Go on
        </button>
      )}
      {fate.is === 'bought' && (
        <Link to="/chat/$workId" params={{ workId: kept.workId }} className="button chief">
          Use it
        </Link>
      )}
      {(isAtAnEnd || !isOut) && (
        <button type="button" className="button" onClick={drop}>
          {isAtAnEnd ? 'Good' : 'Let it go'}
        </button>
      )}
    </>
  )
  return (
    <li className="border border-edge bg-leaf p-5">
      <div role={fate.is === 'refused' ? undefined : 'status'}>
        <Told one={one} title={title} act={act} />
      </div>
    </li>
  )
}

/** Of one work, or of all. Nothing at all where nothing is under way. */
export function Unfinished({ workId }: { workId?: string }) {
  const session = useSession()
  const found = useQuery(unfinishedOf(session))
  const [goingOn, setGoingOn] = useState<Kept | null>(null)
  const shown = found.data?.filter(({ kept }) => workId === undefined || kept.workId === workId) ?? []
  return (
    <>
      {found.isError && (
        <div className="mt-6">
          <Refusal error={found.error}>
            <Again run={() => void found.refetch()} label="Look for my purchases again" />
          </Refusal>
        </div>
      )}
      {shown.length > 0 && (
        <section aria-label="Your purchases" className="mt-6">
          <ul className="space-y-3">
            {shown.map(one => (
              <One
                key={`${one.kept.workId} ${one.kept.sinceBlock} ${one.kept.way}`}
                one={one}
                goOn={() => setGoingOn(one.kept)}
              />
            ))}
          </ul>
        </section>
      )}
      {goingOn && session && <GoOn session={session} kept={goingOn} close={() => setGoingOn(null)} />}
    </>
  )
}
