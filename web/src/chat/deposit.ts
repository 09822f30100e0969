/** How much is set aside for answers: remembered on this device, and never below what the machine takes. */
import type { CheckedQuote } from '@grimoire/client/read-quote'
import { useState } from 'react'

export const DEPOSITS_ATOMIC: readonly bigint[] = [250_000n, 500_000n, 1_000_000n, 5_000_000n]

const KEY = 'grimoire.deposit'

export function useDeposit({ quote }: CheckedQuote): [bigint, (depositAtomic: bigint) => void] {
  const leastAtomic = BigInt(quote.minDepositAtomic)
  const [depositAtomic, setDepositAtomic] = useState(() => {
    const kept = DEPOSITS_ATOMIC.find(one => String(one) === localStorage.getItem(KEY))
    const wanted = kept ?? 500_000n
    return wanted < leastAtomic ? leastAtomic : wanted
  })
  const choose = (next: bigint) => {
    localStorage.setItem(KEY, String(next))
    setDepositAtomic(next < leastAtomic ? leastAtomic : next)
  }
  return [depositAtomic, choose]
}
