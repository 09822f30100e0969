/** Offering for an edition: price, how many, how long, when the money could move; one signature, and it stands. */
import type { SignedOffer } from '@grimoire/schema/offer'
import { useRef, useState } from 'react'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Dialog } from '../design/dialog.tsx'
import { Pairs } from '../design/pairs.tsx'
import { DAY_SECONDS, DaysField, PriceField, priceOf } from '../library/order-fields.tsx'
import { usePurse } from '../wallet/purse.tsx'
import type { Session } from '../wallet/session.ts'
import { count, money, plain, plural } from '../words/plain.ts'
import type { CheckedWork } from './queries.ts'

const STEPS: readonly Step[] = ['check', 'sign', 'finish']

function Sum(props: { session: Session; priceAtomic: bigint; quantity: number }) {
  const { session, priceAtomic, quantity } = props
  const totalAtomic = priceAtomic * BigInt(quantity)
  const { data: purseAtomic } = usePurse(session)
  const lacks = purseAtomic !== undefined && purseAtomic < totalAtomic
  return (
    <div className="space-y-3">
      <Pairs
        look="sums"
        pairs={[
          [`${plural(quantity, 'edition')} at ${money(priceAtomic)}`, money(totalAtomic)],
          ['Set aside now', money(0n)],
          ['You pay when it is accepted', <strong key="total">{money(totalAtomic)}</strong>],
          ['You have', purseAtomic === undefined ? '…' : money(purseAtomic)],
        ]}
      />
      {lacks ? (
        <p role="alert">
          You have less than you would offer. An offer has to be covered when it is signed and as long as it
          stands.
        </p>
      ) : (
        <p className="whisper">
          Royalty and the market’s fee come out of it; nothing is added. Your signature is the payment itself:
          any holder may take it at any moment while it stands, and then exactly this sum leaves your wallet
          and
          {quantity > 1 ? ' the editions are yours, all together' : ' the edition is yours'}. If you spend the
          money before, the offer is not shown and cannot be taken. You can withdraw it; that is one
          transaction.
        </p>
      )}
    </div>
  )
}

type Terms = { text: string; quantity: number; days: number }

function Review(props: {
  work: CheckedWork
  session: Session
  terms: Terms
  change: (terms: Terms) => void
  offer: () => void
}) {
  const { work, session, terms, change, offer } = props
  const { text, quantity, days } = terms
  const priceAtomic = priceOf(text)
  const { data: purseAtomic } = usePurse(session)
  const most = work.terms.editionCap
  const right = priceAtomic !== null && quantity >= 1 && quantity <= most
  const covered = right && (purseAtomic === undefined || purseAtomic >= priceAtomic * BigInt(quantity))
  return (
    <form
      className="space-y-5"
      onSubmit={event => {
        event.preventDefault()
        if (covered) offer()
      }}
    >
      <p>
        You offer to buy from whoever holds <strong>{plain(work.manifest.title)}</strong>.
      </p>
      <PriceField
        text={text}
        change={next => change({ ...terms, text: next })}
        hint={`For one edition. Its maker asks ${money(work.terms.priceAtomic)} for a new one.`}
      />
      <label className="block">
        How many editions
        <input
          className="field mt-1"
          type="number"
          min={1}
          max={most}
          required
          value={quantity || ''}
          onChange={event => change({ ...terms, quantity: Math.floor(Number(event.target.value)) })}
        />
        <span className="whisper">
          {quantity > 1 ? 'Taken all together, of one holder, or not at all.' : `At most ${count(most)}.`}
        </span>
      </label>
      <DaysField days={days} change={next => change({ ...terms, days: next })} />
      {right && <Sum session={session} priceAtomic={priceAtomic} quantity={quantity} />}
      <button type="submit" className="button chief w-full" disabled={!covered}>
        {right ? `Sign an offer of ${money(priceAtomic * BigInt(quantity))}` : 'Sign an offer'}
      </button>
    </form>
  )
}

export function OfferDialog(props: { work: CheckedWork; session: Session; close: () => void }) {
  const { work, session, close } = props
  const [terms, setTerms] = useState<Terms>({ text: '', quantity: 1, days: 7 })
  // What is signed is posted again and not signed again: two signatures would be two payments.
  const signed = useRef<SignedOffer | null>(null)
  const deed = useDeed<unknown>()
  const { state } = deed
  const priceAtomic = priceOf(terms.text) ?? 0n
  const offer = () =>
    void deed.run(session, async (hands, market, wallet, move) => {
      const { workId } = work
      const { quantity, days } = terms
      const asked = { wallet, workId, quantity, priceAtomic, lastsSeconds: days * DAY_SECONDS }
      signed.current ??= await hands.makeOffer(market, asked)
      move('finish')
      await hands.postOffer(market, signed.current)
    })
  return (
    <Dialog title={state.stage === 'done' ? 'Offered' : 'Make an offer'} close={close}>
      {state.stage === 'review' && (
        <Review work={work} session={session} terms={terms} change={setTerms} offer={offer} />
      )}
      <UnderWay
        state={state}
        steps={STEPS}
        again={signed.current ? offer : deed.reset}
        label={signed.current ? 'Post it again' : 'Look at it again'}
      />
      {state.stage === 'done' && (
        <Done close={close}>
          Your offer of {money(priceAtomic * BigInt(terms.quantity))} stands. It is among the offers on this
          page and in your library, where you can withdraw it.
        </Done>
      )}
    </Dialog>
  )
}
