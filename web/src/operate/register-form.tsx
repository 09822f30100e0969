/** The registration as it is filled in, kept over a reload: what `init` said, the card, the bond; nothing is signed before it was looked at. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Field } from '../design/field.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'
import { CardFields } from './card-fields.tsx'
import { type Card, cardOf, keysIn, pricesOf, sumOf } from './typed-card.ts'
import { type FormKept, formOf, type TypedForm, useForm } from './typed-form.ts'
import { Typical } from './typical.tsx'

export type Wanted = Card & { bondAtomic: bigint }

function bondFault(text: string, leastAtomic: bigint): string | undefined {
  const sum = sumOf(text)
  if (sum === null) return 'Dollars, with at most six decimals, like 100.'
  return sum < leastAtomic ? `At least ${money(leastAtomic)}; with less no holder is sent to it.` : undefined
}

/** Found keys go into their fields; of the rest nothing is kept. */
function Said({ found }: { found: (keys: ReturnType<typeof keysIn>) => void }) {
  const [text, setText] = useState('')
  const isStrange = text !== '' && Object.keys(keysIn(text)).length < 2
  return (
    <Field
      label="Paste what “init” said"
      value={text}
      rows={2}
      code
      onChange={said => {
        setText(said)
        found(keysIn(said))
      }}
      hint="Both keys are taken from it; or write them below."
      wrong={isStrange ? 'It names no payment key and session key.' : undefined}
    />
  )
}

const KEPT: Record<FormKept, string> = {
  untouched: '',
  keeping: 'Keeping…',
  kept: 'Kept on this device until you are registered',
  failed: 'This browser does not keep it: a reload empties the form',
}

function Foot({ lacking, kept }: { lacking: boolean; kept: FormKept }) {
  return (
    <>
      <button type="submit" className="button chief">
        Look at it before you sign
      </button>
      {lacking && <p role="alert">Something above is missing or wrong; it is said at its field.</p>}
      <p role="status" className={`empty:hidden ${kept === 'failed' ? 'font-bold text-rubric' : 'whisper'}`}>
        {KEPT[kept]}
      </p>
    </>
  )
}

type Props = { session: Session; rules: BondRules; register: (wanted: Wanted) => void }

function Form({ begun, session, rules, register }: Props & { begun: TypedForm }) {
  const { typed, change, kept } = useForm(session.address, begun)
  const [tried, setTried] = useState(false)
  const fault = bondFault(typed.bond, rules.minimumBondAtomic)
  const card = cardOf(typed, session.address)
  const goOn = () => {
    setTried(true)
    const bondAtomic = sumOf(typed.bond)
    if (card && bondAtomic !== null && !fault) register({ ...card, bondAtomic })
  }
  return (
    <form
      noValidate
      className="grid items-start gap-10 lg:grid-cols-[1fr_22rem]"
      onSubmit={event => {
        event.preventDefault()
        goOn()
      }}
    >
      <div className="min-w-0 space-y-6">
        <Said found={change} />
        <CardFields typed={typed} change={change} owner={session.address} tried={tried} />
        <Field
          label="Bond, in dollars"
          value={typed.bond}
          onChange={bond => change({ bond })}
          inputMode="decimal"
          hint="A larger bond goes before a smaller one where an edge advises whom to ask."
          wrong={fault}
        />
        <Foot lacking={tried && !card} kept={kept} />
      </div>
      <Typical prices={pricesOf(typed)} operator={null} />
    </form>
  )
}

export function RegisterForm(props: Props) {
  const found = useQuery(formOf(props.session.address, props.rules))
  return (
    <Asked question={found} waiting="Looking for what you typed" lines={6}>
      {begun => <Form {...props} begun={begun} />}
    </Asked>
  )
}
