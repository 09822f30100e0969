/** Buying: tried on the chain first, then the whole sum with its parts, one press, and the way on, whatever comes between. */
import type { SignedListing } from '@grimoire/schema/listing'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { EverywhereDialog } from '../everywhere/everywhere-dialog.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain } from '../words/plain.ts'
import type { CheckedWork } from '../work/queries.ts'
import { Bought } from './bought.tsx'
import { Offline } from './offline.tsx'
import { planOf, stepsOf } from './purchases.ts'
import { type Planned, Review } from './review.tsx'
import { Steps } from './steps.tsx'
import { usePurchase } from './use-purchase.ts'
import { WayOn } from './way-on.tsx'

type Purchase = { work: CheckedWork; session: Session; listing?: SignedListing }

const priceOf = ({ work, listing }: Purchase): bigint =>
  BigInt(listing ? listing.listing.priceAtomic : work.terms.priceAtomic)

type DecidingProps = {
  purchase: Purchase
  maxCostAtomic: bigint
  plan: UseQueryResult<Planned>
  buy: () => void
  look: () => void
  lookAgain: () => void
}

function Deciding({ purchase, maxCostAtomic, plan, buy, look, lookAgain }: DecidingProps) {
  return (
    <>
      <Review {...purchase} priceAtomic={maxCostAtomic} plan={plan.data} />
      <div className="mt-5">
        {plan.isError ? (
          <WayOn error={plan.error} look={look} goOn={lookAgain} again={lookAgain} />
        ) : (
          <button type="button" className="button chief w-full" disabled={!plan.data} onClick={buy}>
            Buy for {money(maxCostAtomic)}
          </button>
        )}
      </div>
      {plan.isPending && (
        <p role="status" className="whisper mt-2">
          Trying it on the chain, without sending anything…
        </p>
      )}
    </>
  )
}

export function BuyDialog({ work, session, listing, close }: Purchase & { close: () => void }) {
  const { workId } = work
  const purchase = { work, session, ...(listing ? { listing } : {}) }
  // What the buyer has seen is what is bought: a price that changes meanwhile is above this ceiling.
  const [maxCostAtomic] = useState(() => priceOf(purchase))
  const wanted = listing ? { listing: listing.listing, signature: listing.signature } : { workId }
  const plan = useQuery(planOf(session, wanted, maxCostAtomic))
  const way = plan.data?.way ?? 'authorization'
  const { state, run, reset } = usePurchase({ session, workId, wanted, maxCostAtomic, way })
  const [everywhere, setEverywhere] = useState(false)
  const title = plain(work.manifest.title)
  if (everywhere) return <EverywhereDialog {...{ workId, title, session, close }} />
  const lookAgain = () => {
    reset()
    void plan.refetch()
  }
  return (
    <Dialog title={state.stage === 'done' ? 'Bought' : 'Buy an edition'} close={close}>
      {state.stage === 'review' && (
        <Deciding {...{ purchase, maxCostAtomic, plan, lookAgain }} buy={run} look={close} />
      )}
      {state.stage === 'running' && (
        <>
          <Steps steps={stepsOf(way, maxCostAtomic, state.step)} at={state.step} />
          <Offline />
        </>
      )}
      {state.stage === 'failed' && <WayOn error={state.error} look={close} goOn={run} again={lookAgain} />}
      {state.stage === 'done' && (
        <Bought
          {...{ workId, title, close, kind: work.terms.kind }}
          isOpenable={work.terms.disclosure === 'openable'}
          receipt={{ ...state.result.transaction, costAtomic: state.result.costAtomic }}
          everywhere={() => setEverywhere(true)}
        />
      )}
    </Dialog>
  )
}
