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
      {work => <Shares title="When it is sold" shares={sharesOfResale(work, priceAtomic)} />}
    </Asked>
  )
}

export function SellDialog({ held, session, close }: { held: Held; session: Session; close: () => void }) {
  const { work, workId } = held
  const [text, setText] = useState('')
  const [days, setDays] = useState<number>(7)
  const deed = useDeed<unknown>()
  const { state } = deed
  const priceAtomic = priceOf(text)
  const list = () =>
    void deed.run(session, (hands, market, wallet) =>
      hands.listEdition(market, {
        wallet,
        workId,
        priceAtomic: priceAtomic ?? 0n,
        lastsSeconds: days * DAY_SECONDS,
      }),
    )
  return (
    <Dialog title={state.stage === 'done' ? 'Offered' : 'Sell an edition'} close={close}>
      {state.stage === 'review' && (
        <form
          className="space-y-5"
          onSubmit={event => {
            event.preventDefault()
            if (priceAtomic !== null) list()
          }}
        >
          <p>
            You offer one edition of <strong>{titleOf(work)}</strong>. It stays yours until someone pays; from
            the next block on it answers its buyer and no longer you.
          </p>
          <PriceField
            text={text}
            change={setText}
            hint={`Its maker asks ${money(work.terms.priceAtomic)} for a new one.`}
          />
          <DaysField days={days} change={setDays} />
          {priceAtomic !== null && <Division workId={workId} priceAtomic={priceAtomic} />}
          <p className="whisper">One signature, no transaction and no fee. You can withdraw the offer.</p>
          <button type="submit" className="button chief w-full" disabled={priceAtomic === null}>
            {priceAtomic === null ? 'Offer it' : `Offer it for ${money(priceAtomic)}`}
          </button>
        </form>
      )}
      <UnderWay state={state} steps={STEPS} again={deed.reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>
          It stands on the market for {money(priceAtomic ?? 0n)}. When it is bought, the money is with you at
          once.
        </Done>
      )}
    </Dialog>
  )
}
