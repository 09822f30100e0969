/** The fields of a card, each with what is wrong with it as soon as something stands there. */
import type { Hex } from '@grimoire/schema/hex'
import { Field } from '../design/field.tsx'
import { cardFaults, type TypedCard } from './typed-card.ts'

type Props = {
  typed: TypedCard
  change: (part: Partial<TypedCard>) => void
  owner: Hex | null
  /** Empty fields are told of as well: somebody wanted to go on. */
  tried: boolean
}

type Told = { name: keyof TypedCard; label: string; hint?: string; placeholder?: string }

const KEYS: readonly Told[] = [
  {
    name: 'endpoint',
    label: 'Where holders reach the machine',
    hint: 'A page on https reaches machines on https alone.',
    placeholder: 'https://node.example',
  },
  { name: 'paymentKey', label: 'Payment key', hint: 'The machine’s address, 40 digits.', placeholder: '0x…' },
  { name: 'sessionKey', label: 'Session key', hint: 'The public one, 64 digits.', placeholder: '0x…' },
]
const PRICES: readonly Told[] = [
  { name: 'turnFee', label: 'For an answer' },
  { name: 'input', label: 'For a million bytes in' },
  { name: 'output', label: 'For a million bytes out' },
]

export function CardFields({ typed, change, owner, tried }: Props) {
  const faults = cardFaults(typed, owner)
  const write = ({ name, ...told }: Told) => (
    <Field
      key={name}
      {...told}
      value={typed[name]}
      onChange={value => change({ [name]: value })}
      wrong={typed[name] !== '' || tried ? faults[name] : undefined}
      {...(PRICES.some(price => price.name === name) ? { inputMode: 'decimal' as const } : {})}
    />
  )
  return (
    <>
      <div className="space-y-4">{KEYS.map(write)}</div>
      <fieldset>
        <legend className="mb-2 font-bold">Prices, in dollars</legend>
        <div className="grid items-end gap-4 sm:grid-cols-3">{PRICES.map(write)}</div>
        <p className="whisper mt-1.5">
          Each work has its maker’s ceilings; above them you are paid the ceiling. About a million characters
          are a million bytes.
        </p>
      </fieldset>
    </>
  )
}
