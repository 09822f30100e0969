/** Text of strangers and figures of the ledger, made fit to be read: money, shares, short hashes, dates. */
import { formatMoney } from '@grimoire/schema/format-money'

export { plain, short } from '@grimoire/schema/shown-text'

/** Up to six decimals for what is small, two for what is not. */
export const money = (amountAtomic: string | bigint): string =>
  `$${formatMoney(BigInt(amountAtomic)).replace(/\B(?=(\d{3})+\.)/g, ',')}`

export const percent = (bps: number): string =>
  `${(bps / 100).toLocaleString('en', { maximumFractionDigits: 2 })} %`

export const count = (value: number | bigint): string => value.toLocaleString('en')

/** Of a file. */
export const bytes = (size: number): string =>
  size < 1e6 ? `${Math.ceil(size / 1e3)} kB` : `${(size / 1e6).toFixed(1)} MB`

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

export const day = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString('en', { day: 'numeric', month: 'long', year: 'numeric' })

/** With its year where that is another than this one. */
export function moment(seconds: number): string {
  const at = new Date(seconds * 1000)
  return at.toLocaleString('en', {
    ...(at.getFullYear() === new Date().getFullYear() ? {} : { year: 'numeric' }),
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
}
