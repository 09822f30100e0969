/** Who holds what: tradable editions and opened copies, by holder or by work. */
import type { HoldingRow } from '@grimoire/schema/catalogue'
import { bytesOf, workIdOf } from '@grimoire/schema/columns'
import { holdings } from '@grimoire/schema/tables'
import { and, asc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { pageOf, readCursor } from './cursors.ts'

const placeOfRow = z.tuple([z.string(), z.number()])

/** Of one holder the row's number alone: SQLite goes along an index by it, and not by a pair of which one half is given. */
const beyond = ([holder, ordinal]: z.infer<typeof placeOfRow>, ofHolder: string | undefined): SQL =>
  ofHolder === undefined
    ? sql`(holder, work) > (${bytesOf(sql`${holder}`)}, ${ordinal})`
    : sql`work > ${ordinal}`

export async function listHoldings(
  db: D1Database,
  settings: Settings,
  query: {
    holder?: string | undefined
    workId?: string | undefined
    limit: number
    cursor?: string | undefined
  },
): Promise<{ holdings: HoldingRow[]; nextCursor: string | null }> {
  const { workId, limit, cursor } = query
  const holder = query.holder?.toLowerCase()
  const asked = JSON.stringify(['holdings', holder, workId])
  const after = await readCursor(settings, asked, cursor, placeOfRow)
  const rows = await drizzle(db)
    .select({
      ...getTableColumns(holdings),
      workId: workIdOf(holdings.workId),
      ordinal: sql<number>`${holdings.workId}`,
    })
    .from(holdings)
    .where(
      and(
        holder === undefined ? undefined : eq(holdings.holder, holder),
        workId === undefined ? undefined : eq(holdings.workId, workId),
        after === null ? undefined : beyond(after, holder),
      ),
    )
    .orderBy(asc(holdings.holder), asc(holdings.workId))
    .limit(limit + 1)
  const placeOf = (last: (typeof rows)[number]) => [last.holder, last.ordinal]
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf })
  return {
    holdings: page.map(({ ordinal: _, ...row }) => ({ ...row, holder: getAddress(row.holder) })),
    nextCursor,
  }
}
