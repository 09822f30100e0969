/** Text of strangers and figures of the ledger, made fit to be read: money, shares, short hashes, dates. */
import { formatMoney } from '@grimoire/schema/format-money'

/** Characters that would turn the direction of the text around them, or hide in it. */
const INVISIBLE =
  /[[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]--[\t\n\r]]/gv

/** A stranger's words as they may stand beside ours: nothing that turns or hides text. React escapes the rest. */
export const plain = (text: string): string => text.replace(INVISIBLE, '')

/** Up to six decimals for what is small, two for what is not. */
export const money = (amountAtomic: string | bigint): string =>
  `$${formatMoney(BigInt(amountAtomic)).replace(/\B(?=(\d{3})+\.)/g, ',')}`

export const percent = (bps: number): string =>
  `${(bps / 100).toLocaleString('en', { maximumFractionDigits: 2 })} %`

export const count = (value: number | bigint): string => value.toLocaleString('en')

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** An address or a hash, short enough to compare by eye. */
export const short = (hash: string): string =>
  hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash

export const day = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleDateString('en', { day: 'numeric', month: 'long', year: 'numeric' })

export const moment = (seconds: number): string =>
  new Date(seconds * 1000).toLocaleString('en', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
