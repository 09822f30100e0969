/** The card that everyone reads: where the machine is, its keys and its prices; changed in a dialog that counts along. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import { useState } from 'react'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Pairs } from '../design/pairs.tsx'
import { Chapter } from '../design/sheet.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain } from '../words/plain.ts'
import { useOwnersDeed } from './act.tsx'
import { CardFields } from './card-fields.tsx'
import type { Standing } from './state.tsx'
import { type Card, cardOf, pricesOf, type TypedCard, typedOf } from './typed-card.ts'
import { Typical } from './typical.tsx'

type Props = { session: Session; standing: Standing }

type FormProps = {
  session: Session
  record: OperatorRecord
  typed: TypedCard
  write: (part: Partial<TypedCard>) => void
  change: (card: Card) => void
}

function ChangeForm({ session, record, typed, write, change }: FormProps) {
  const card = cardOf(typed, session.address)
  const isNew = JSON.stringify(typed) !== JSON.stringify(typedOf(record))
  const isNewKey = typed.sessionKey.trim().toLowerCase() !== record.sessionKey.toLowerCase()
  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={event => {
        event.preventDefault()
        if (card) change(card)
      }}
    >
      <CardFields typed={typed} change={write} owner={session.address} tried />
      <Typical prices={pricesOf(typed)} operator={session.address} />
      <p className="whisper">
        It holds from the next block on, for prices that are signed then.
        {isNewKey &&
          ' Another session key ends the leave that holders gave to the old one: each has to give it anew.'}
      </p>
      <button type="submit" className="button chief w-full" disabled={!card || !isNew}>
        {isNew ? 'Change it' : 'Nothing is changed yet'}
      </button>
    </form>
  )
}

function ChangeDialog({ session, standing, close }: Props & { close: () => void }) {
  const { record } = standing
  // Here, so that a refusal loses nothing of it.
  const [typed, setTyped] = useState(() => typedOf(record))
  const { state, reset, run, steps } = useOwnersDeed(session)
  const write = (part: Partial<TypedCard>) => setTyped(now => ({ ...now, ...part }))
  const change = (card: Card) =>
    run((verbs, market, wallet) => verbs.changeOperator(market, { ...card, wallet, record }))
  return (
    <Dialog title={state.stage === 'done' ? 'Changed' : 'Change the card'} close={close}>
      {state.stage === 'review' && <ChangeForm {...{ session, record, typed, write, change }} />}
      <UnderWay state={state} steps={steps} again={reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>
          The ledger has the new card. The machine itself has to know of another endpoint or key, too.
        </Done>
      )}
    </Dialog>
  )
}

export function CardOfMachine({ session, standing }: Props) {
  const [open, setOpen] = useState(false)
  const { endpoint, paymentKey, sessionKey, prices } = standing.record
  return (
    <Chapter title="Card and prices">
      <div className="grid items-start gap-10 lg:grid-cols-[1fr_22rem]">
        <div className="min-w-0">
          <Pairs
            look="facts"
            pairs={[
              ['At', plain(endpoint)],
              ['Payment key', paymentKey],
              ['Session key', sessionKey],
              ['An answer', money(prices.turnFeeAtomic)],
              ['A million bytes in', money(prices.inputPerMillionBytesAtomic)],
              ['A million bytes out', money(prices.outputPerMillionBytesAtomic)],
            ]}
          />
          <button type="button" className="button mt-5" onClick={() => setOpen(true)}>
            Change the card
          </button>
        </div>
        <Typical prices={prices} operator={session.address} />
      </div>
      {open && <ChangeDialog session={session} standing={standing} close={() => setOpen(false)} />}
    </Chapter>
  )
}
