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

/** Every credit with its block and transaction, for a program that counts: in the words and lines of the edge's own files. */
export function asCsv({ earnings }: Pick<Earned, 'earnings'>): string {
  const rows = earnings.map(
    row => `${row.kind},${row.workId},${row.amountAtomic},${row.blockNumber},${row.transactionHash}`,
  )
  return ['kind,work_id,amount_atomic,block_number,transaction', ...rows].map(row => `${row}\r\n`).join('')
}
