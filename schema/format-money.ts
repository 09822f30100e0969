/** Money as people read it. Stands alone, so that a page which only shows prices loads no parser. */

export const MONEY_DECIMALS = 6

/** `1500000n` becomes `1.50`; at least two decimals, no more than needed. */
export function formatMoney(amountAtomic: bigint, decimals = MONEY_DECIMALS): string {
  const sign = amountAtomic < 0n ? '-' : ''
  const digits = (amountAtomic < 0n ? -amountAtomic : amountAtomic).toString().padStart(decimals + 1, '0')
  const fraction = digits.slice(-decimals).replace(/0+$/, '').padEnd(2, '0')
  return `${sign}${digits.slice(0, -decimals)}.${fraction}`
}
