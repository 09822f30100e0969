/** Selling an edition again: the price, what each gets of it, one signature; nothing moves until someone buys. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Asked } from '../design/asked.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Shares } from '../design/shares.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'
import { checkedWork } from '../work/queries.ts'
import { sharesOfResale } from '../work/shares-of.ts'
import { DAY_SECONDS, DaysField, PriceField, priceOf } from './order-fields.tsx'
import type { Held } from './queries.ts'

const STEPS: readonly Step[] = ['check', 'sign']

function Division({ workId, priceAtomic }: { workId: string; priceAtomic: bigint }) {
  return (
    <Asked question={useQuery(checkedWork(workId))} waiting="Asking what the ledger takes" lines={3}>
      {work => <Shares title="When it is sold" shares={sharesOfResale(work, priceAtomic, 'You')} />}
    </Asked>
  )
}

/** What its seller has chosen. */
type Terms = { text: string; days: number }

type ReviewProps = { held: Held; terms: Terms; change: (part: Partial<Terms>) => void; list: () => void }

function Review({ held: { work, workId }, terms: { text, days }, change, list }: ReviewProps) {
  const priceAtomic = priceOf(text)
  return (
    <form
      className="space-y-5"
      onSubmit={event => {
        event.preventDefault()
        if (priceAtomic !== null) list()
      }}
    >
      <p>
        You put one edition of <strong>{titleOf(work)}</strong> up for sale. It stays yours until someone
        pays; from the next block on it answers its buyer and no longer you.
      </p>
      <PriceField
        text={text}
        change={next => change({ text: next })}
        hint={`Its maker asks ${money(work.terms.priceAtomic)} for a new one.`}
      />
      <DaysField days={days} change={next => change({ days: next })} />
      {priceAtomic !== null && <Division workId={workId} priceAtomic={priceAtomic} />}
      <p className="whisper">One signature, no transaction and no fee. You can withdraw the listing.</p>
      <button type="submit" className="button chief w-full" disabled={priceAtomic === null}>
        Put it up for sale{priceAtomic !== null && ` at ${money(priceAtomic)}`}
      </button>
    </form>
  )
}

export function SellDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  // Here, so that a refusal loses nothing of it.
  const [terms, setTerms] = useState<Terms>({ text: '', days: 7 })
  const deed = useDeed<unknown>()
  const { state } = deed
  const priceAtomic = priceOf(terms.text) ?? 0n
  const { workId } = held
  const lastsSeconds = terms.days * DAY_SECONDS
  const list = () =>
    void deed.run(session, (hands, market, wallet) =>
      hands.listEdition(market, { wallet, workId, priceAtomic, lastsSeconds }),
    )
  return (
    <Dialog title={state.stage === 'done' ? 'For sale' : 'Sell an edition'} close={close}>
      {state.stage === 'review' && (
        <Review {...{ held, terms, list }} change={part => setTerms(before => ({ ...before, ...part }))} />
      )}
      <UnderWay state={state} steps={STEPS} again={deed.reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>
          It stands on the market for {money(priceAtomic)}. When it is bought, the money is with you at once.
        </Done>
      )}
    </Dialog>
  )
}
