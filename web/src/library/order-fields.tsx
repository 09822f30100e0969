/** What every order asks for: a price for one edition, and for how long it stands. */
import { parseMoney } from '@grimoire/schema/amounts'
import { type ReactNode, useId } from 'react'

export const DAY_SECONDS = 24 * 3600
const DAYS = [1, 7, 30] as const

/** The sum as it is typed, or null while it is none. */
export function priceOf(text: string): bigint | null {
  try {
    const priceAtomic = parseMoney(text)
    return priceAtomic > 0n ? priceAtomic : null
  } catch {
    return null
  }
}

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
