/** How much is set aside for answers: remembered on this device, and never below what the machine takes. */
import type { CheckedQuote } from '@grimoire/client/read-quote'
import { useState } from 'react'

export const DEPOSITS_ATOMIC: readonly bigint[] = [250_000n, 500_000n, 1_000_000n, 5_000_000n]

const KEY = 'grimoire.deposit'

export function depositOf(wantedAtomic: bigint, { quote }: Pick<CheckedQuote, 'quote'>): bigint {
  const leastAtomic = BigInt(quote.minDepositAtomic)
  return wantedAtomic < leastAtomic ? leastAtomic : wantedAtomic
}

export function useDeposit(): [bigint, (depositAtomic: bigint) => void] {
  const [depositAtomic, setDepositAtomic] = useState(
    () => DEPOSITS_ATOMIC.find(one => String(one) === localStorage.getItem(KEY)) ?? 500_000n,
  )
  const choose = (next: bigint) => {
    localStorage.setItem(KEY, String(next))
    setDepositAtomic(next)
  }
  return [depositAtomic, choose]
}
