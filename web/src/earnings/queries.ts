/** What an account earned, from the ledger's own events: nothing here is the edge's word. */
import type { Hex } from '@grimoire/schema/hex'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'

export const earningsOf = (account: Hex | null) =>
  queryOptions({
    queryKey: ['earnings', account],
    enabled: account !== null,
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.earnings(market, { account: account ?? '0x' })
    },
  })
export type Earned = Awaited<ReturnType<NonNullable<ReturnType<typeof earningsOf>['queryFn']>>>

export type PerWork = { workId: string; amountAtomic: bigint; times: number }

/** What came of each work, the most first. */
export function perWork({ earnings }: Pick<Earned, 'earnings'>): PerWork[] {
  const sums = new Map<string, PerWork>()
  for (const { workId, amountAtomic } of earnings) {
    const before = sums.get(workId) ?? { workId, amountAtomic: 0n, times: 0 }
    sums.set(workId, {
      workId,
      amountAtomic: before.amountAtomic + amountAtomic,
      times: before.times + 1,
    })
  }
  return [...sums.values()].sort((a, b) => (b.amountAtomic > a.amountAtomic ? 1 : -1))
}

/** Every credit with its block and transaction, for a program that counts. */
export function asCsv({ earnings }: Pick<Earned, 'earnings'>): string {
  const rows = earnings.map(
    row => `${row.workId},${row.amountAtomic},${row.blockNumber},${row.transactionHash}`,
  )
  return `${['work_id,amount_atomic,block_number,transaction_hash', ...rows].join('\n')}\n`
}
