/** Who holds what: tradable editions and opened copies, by holder or by work. */
import type { HoldingRow } from '@grimoire/schema/catalogue'
import { holdings } from '@grimoire/schema/tables'
import { and, asc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'

export async function listHoldings(
  db: D1Database,
  query: { holder?: string | undefined; workId?: string | undefined; after: string | null; limit: number },
): Promise<{ holdings: HoldingRow[]; last: string | null }> {
  const { workId, after, limit } = query
  const holder = query.holder?.toLowerCase()
  const [holderAfter, workAfter] = after?.split(' ') ?? []
  const rows = await drizzle(db)
    .select()
    .from(holdings)
    .where(
      and(
        holder === undefined ? undefined : eq(holdings.holder, holder),
        workId === undefined ? undefined : eq(holdings.workId, workId),
        after === null ? undefined : sql`(holder, work_id) > (${holderAfter ?? ''}, ${workAfter ?? ''})`,
      ),
    )
    .orderBy(asc(holdings.holder), asc(holdings.workId))
    .limit(limit + 1)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    holdings: page.map(row => ({ ...row, holder: getAddress(row.holder) })),
    last: last ? `${last.holder} ${last.workId}` : null,
  }
}
