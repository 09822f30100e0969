/** What was bought, newest first: primary sales, listings and offers, each with its transaction. */
import type { TradeRow } from '@grimoire/schema/catalogue'
import { workIdOf } from '@grimoire/schema/columns'
import type { Hex } from '@grimoire/schema/hex'
import { trades } from '@grimoire/schema/tables'
import { and, desc, eq, getTableColumns, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { pageOf, readCursor } from './cursors.ts'

export async function listTrades(
  db: D1Database,
  settings: Settings,
  { workId, limit, cursor }: { workId?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<{ trades: TradeRow[]; nextCursor: string | null }> {
  const asked = JSON.stringify(['trades', workId])
  const before = await readCursor(settings, asked, cursor, z.number())
  const rows = await drizzle(db)
    .select({ ...getTableColumns(trades), workId: workIdOf(trades.workId) })
    .from(trades)
    .where(
      and(
        workId === undefined ? undefined : eq(trades.workId, workId),
        before === null ? undefined : lt(trades.seq, before),
      ),
    )
    .orderBy(desc(trades.seq))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf: last => last.seq })
  return {
    trades: page.map(({ seq: _, ...row }) => ({
      ...row,
      kind: row.kind as TradeRow['kind'], // Safety: written by the fold, one of three words.
      seller: getAddress(row.seller),
      recipient: getAddress(row.recipient),
      transaction: row.transaction as Hex, // Safety: a hash that the chain gave.
    })),
    nextCursor,
  }
}
