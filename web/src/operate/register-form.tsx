/** The registration as it is filled in: what `init` said, the card, the bond; nothing is signed before it was looked at. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { formatMoney } from '@grimoire/schema/amounts'
import { useState } from 'react'
import { Field } from '../studio/field.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'
import { CardFields } from './card-fields.tsx'
import { type Card, cardOf, keysIn, NEW_CARD, pricesOf, sumOf } from './typed-card.ts'
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

export function RegisterForm(props: {
  session: Session
  rules: BondRules
  register: (wanted: Wanted) => void
}) {
  const { session, rules, register } = props
  const [typed, setTyped] = useState(NEW_CARD)
  const [bond, setBond] = useState(formatMoney(rules.minimumBondAtomic))
  const [tried, setTried] = useState(false)
  const change = (part: Partial<typeof typed>) => setTyped(now => ({ ...now, ...part }))
  const fault = bondFault(bond, rules.minimumBondAtomic)
  const goOn = () => {
    setTried(true)
    const card = cardOf(typed, session.address)
    const bondAtomic = sumOf(bond)
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
          value={bond}
          onChange={setBond}
          inputMode="decimal"
          hint="A larger bond goes before a smaller one where an edge advises whom to ask."
          wrong={fault}
        />
        <button type="submit" className="button chief">
          Look at it before you sign
        </button>
        {tried && !cardOf(typed, session.address) && (
          <p role="alert">Something above is missing or wrong; it is said at its field.</p>
        )}
      </div>
      <Typical prices={pricesOf(typed)} operator={null} />
    </form>
  )
}
