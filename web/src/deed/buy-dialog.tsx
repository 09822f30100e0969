/** Buying: what will happen in plain words, the whole sum with its parts, one press, and the way on. */
import type { SignedListing } from '@grimoire/schema/listing'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { Shares } from '../design/shares.tsx'
import { Again, Refusal } from '../design/states.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain, short } from '../words/plain.ts'
import type { CheckedWork } from '../work/queries.ts'
import { sharesOfFirstSale, sharesOfResale } from '../work/shares-of.ts'
import { Bill } from './bill.tsx'
import { Steps } from './steps.tsx'
import { type Step, useDeed } from './use-deed.ts'

const STEPS: readonly Step[] = ['check', 'sign', 'send', 'block']
const FREE_STEPS: readonly Step[] = ['check', 'send', 'block']

type Purchase = { work: CheckedWork; session: Session; listing?: SignedListing }

const priceOf = ({ work, listing }: Purchase): bigint =>
  BigInt(listing ? listing.listing.priceAtomic : work.terms.priceAtomic)

function Review({ work, session, listing }: Purchase) {
  const priceAtomic = priceOf({ work, session, ...(listing ? { listing } : {}) })
  const from = listing ? `holder ${short(listing.listing.seller)}` : `its maker, ${short(work.creator)}`
  return (
    <div className="space-y-5">
      <p>
        You buy one edition of <strong>{plain(work.manifest.title)}</strong> from {from}. It is yours until
        you sell or open it, and good for every version.
      </p>
      <Bill session={session} lines={[['One edition', priceAtomic]]} totalAtomic={priceAtomic} />
      <Shares
        title="Who gets it"
        shares={listing ? sharesOfResale(work, priceAtomic) : sharesOfFirstSale(work, priceAtomic)}
      />
      <p className="whisper">
        {priceAtomic > 0n
          ? `Your wallet signs a payment of exactly ${money(priceAtomic)} and sends one transaction, whose network fee it shows you. If the price has changed by then, nothing is bought.`
          : 'It costs nothing; your wallet sends one transaction, whose network fee it shows you.'}
      </p>
    </div>
  )
}

function Bought({ work, close }: { work: CheckedWork; close: () => void }) {
  const { workId } = work
  const openable = work.terms.disclosure === 'openable'
  return (
    <div className="space-y-5">
      <p>
        <strong>{plain(work.manifest.title)}</strong> is yours.{' '}
        {openable ? 'Use it here, or open a copy in your library to read its text.' : 'It answers you now.'}
      </p>
      <div className="flex flex-wrap gap-3">
        <Link to="/chat/$workId" params={{ workId }} className="button chief">
          {work.terms.kind === 'chatbot' ? 'Chat with it' : 'Use it'}
        </Link>
        <Link to="/library" className="button">
          To your library
        </Link>
        <button type="button" className="button quiet" onClick={close}>
          Stay here
        </button>
      </div>
    </div>
  )
}

export function BuyDialog({ work, session, listing, close }: Purchase & { close: () => void }) {
  const deed = useDeed<unknown>()
  const purchase = { work, session, ...(listing ? { listing } : {}) }
  // What the buyer has seen is what is bought: a price that changes meanwhile is above this ceiling.
  const [maxCostAtomic] = useState(() => priceOf(purchase))
  const buy = () =>
    void deed.run(session, (hands, market, wallet) =>
      listing
        ? hands.buyListing(market, { ...listing, wallet, maxCostAtomic })
        : hands.buyWork(market, { wallet, workId: work.workId, maxCostAtomic }),
    )
  const { state } = deed
  const steps = maxCostAtomic > 0n ? STEPS : FREE_STEPS
  return (
    <Dialog title={state.stage === 'done' ? 'Bought' : 'Buy an edition'} close={close}>
      {state.stage === 'review' && (
        <>
          <Review {...purchase} />
          <button type="button" className="button chief mt-5 w-full" onClick={buy}>
            Buy for {money(maxCostAtomic)}
          </button>
        </>
      )}
      {state.stage === 'running' && <Steps steps={steps} at={state.step} />}
      {state.stage === 'failed' && (
        <Refusal error={state.error}>
          <Again run={deed.reset} label="Look at it again" />
        </Refusal>
      )}
      {state.stage === 'done' && <Bought work={work} close={close} />}
    </Dialog>
  )
}
