/** What every order asks for: a price for one edition, and for how long it stands. */
import { type ReactNode, useId } from 'react'
import { typedSum } from '../words/typed-sum.ts'

export const DAY_SECONDS = 24 * 3600
const DAYS = [1, 7, 30] as const

/** Nothing is put up, or asked for, for nothing. */
export const priceOf = (text: string): bigint | null => typedSum(text) || null

export function PriceField(props: { text: string; change: (text: string) => void; hint: ReactNode }) {
  const { text, change, hint } = props
  const id = useId()
  return (
    <label className="block">
      Price in dollars
      <input
        className="field mt-1"
        inputMode="decimal"
        autoComplete="off"
        required
        value={text}
        onChange={event => change(event.target.value)}
        aria-describedby={id}
      />
      <span id={id} className="whisper">
        {hint}
        {text && priceOf(text) === null
          ? ' Write a number above 0 with at most six decimals, like 9.50.'
          : ''}
      </span>
    </label>
  )
}

export function DaysField({ days, change }: { days: number; change: (days: number) => void }) {
  return (
    <label className="block">
      For how long
      <select className="field mt-1" value={days} onChange={event => change(Number(event.target.value))}>
        {DAYS.map(number => (
          <option key={number} value={number}>
            {number === 1 ? 'One day' : `${number} days`}
          </option>
        ))}
      </select>
    </label>
  )
}
