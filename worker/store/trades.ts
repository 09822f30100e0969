/** What was bought, newest first: primary sales, listings and offers, each with its transaction. */
import type { TradeRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { trades } from '@grimoire/schema/tables'
import { and, desc, eq, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'

export async function listTrades(
  db: D1Database,
  query: { workId?: string | undefined; afterSeq: number | null; limit: number },
): Promise<{ trades: TradeRow[]; lastSeq: number | null }> {
  const { workId, afterSeq, limit } = query
  const rows = await drizzle(db)
    .select()
    .from(trades)
    .where(
      and(
        workId === undefined ? undefined : eq(trades.workId, workId),
        afterSeq === null ? undefined : lt(trades.seq, afterSeq),
      ),
    )
    .orderBy(desc(trades.seq))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  return {
    trades: page.map(({ seq: _, ...row }) => ({
      ...row,
      kind: row.kind as TradeRow['kind'], // Safety: written by the fold, one of three words.
      seller: getAddress(row.seller),
      recipient: getAddress(row.recipient),
      transaction: row.transaction as Hex, // Safety: a hash that the chain gave.
    })),
    lastSeq: rows.length > limit ? (page.at(-1)?.seq ?? null) : null,
  }
}
