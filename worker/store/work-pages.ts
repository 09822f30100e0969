/** What hangs on a work or its creator: works made from it, its prices, a creator's sums. Each is one stretch of an index. */
import type { Hex } from '@grimoire/schema/hex'
import { creators, parents, texts, trades, works } from '@grimoire/schema/tables'
import type { childrenPage, creatorAnswer, pricesPage } from '@grimoire/schema/work-pages'
import { and, asc, desc, eq, getTableColumns, gt, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { pageOf, readCursor } from './cursors.ts'
import { requireWorkIfNone } from './known-work.ts'

type Asked = { workId: string; limit: number; cursor?: string | undefined }

export async function childrenOf(
  db: D1Database,
  settings: Settings,
  { workId, limit, cursor }: Asked,
): Promise<z.infer<typeof childrenPage>> {
  const asked = JSON.stringify(['children', workId])
  const after = await readCursor(settings, asked, cursor, z.number())
  const rows = await drizzle(db)
    .select({
      workId: works.workId,
      ordinal: works.ordinal,
      title: texts.title,
      creator: works.creator,
      shareBps: parents.shareBps,
      confirmed: parents.confirmed,
    })
    .from(parents)
    .innerJoin(works, eq(works.ordinal, parents.workId))
    .leftJoin(texts, eq(texts.seq, works.seq))
    .where(and(eq(parents.parentId, workId), after === null ? undefined : gt(sql`${parents.workId}`, after)))
    .orderBy(asc(parents.workId))
    .limit(limit + 1)
  await requireWorkIfNone(db, { workId, cursor, found: rows })
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf: last => last.ordinal })
  return {
    children: page.map(({ ordinal: _, ...row }) => ({ ...row, creator: getAddress(row.creator) })),
    nextCursor,
  }
}

const { workId: _, ...tradeColumns } = getTableColumns(trades)

/** The newest first. */
export async function pricesOf(
  db: D1Database,
  settings: Settings,
  { workId, limit, cursor }: Asked,
): Promise<z.infer<typeof pricesPage>> {
  const asked = JSON.stringify(['prices', workId])
  const before = await readCursor(settings, asked, cursor, z.number())
  const rows = await drizzle(db)
    .select(tradeColumns)
    .from(trades)
    .where(and(eq(trades.workId, workId), before === null ? undefined : lt(trades.seq, before)))
    .orderBy(desc(trades.seq))
    .limit(limit + 1)
  await requireWorkIfNone(db, { workId, cursor, found: rows })
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf: last => last.seq })
  return {
    prices: page.map(({ atSeconds, costAtomic, quantity, kind, transaction }) => ({
      atSeconds,
      priceAtomic: (BigInt(costAtomic) / BigInt(Math.max(1, quantity))).toString(),
      quantity,
      kind: kind as 'mint' | 'sale' | 'offer', // Safety: written by the fold, one of three words.
      transaction: transaction as Hex, // Safety: a hash that the chain gave.
    })),
    nextCursor,
  }
}

/** Zeros for whoever made nothing. Sums are read as text: they may be longer than a number holds. */
export async function creatorOf(db: D1Database, creator: Hex): Promise<z.infer<typeof creatorAnswer>> {
  const row = await drizzle(db)
    .select({
      works: creators.works,
      minted: creators.minted,
      sales: creators.sales,
      collectedAtomic: sql<string>`CAST(${creators.collectedAtomic} AS TEXT)`,
      royaltiesAtomic: sql<string>`CAST(${creators.royaltiesAtomic} AS TEXT)`,
    })
    .from(creators)
    .where(eq(creators.creator, creator.toLowerCase()))
    .get()
  const nothing = { works: 0, minted: 0, sales: 0, collectedAtomic: '0', royaltiesAtomic: '0' }
  return { creator: getAddress(creator), ...(row ?? nothing) }
}
