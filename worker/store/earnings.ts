/** What an account earned: kept sums, and each payment; a page reads as many rows as it shows. */
import { workIdOf } from '@grimoire/schema/columns'
import type {
  EarningKind,
  EarningPayment,
  EarningRole,
  EarningSum,
  GROUPINGS,
} from '@grimoire/schema/earnings'
import type { Hex } from '@grimoire/schema/hex'
import { earningSums, earnings } from '@grimoire/schema/tables'
import { and, asc, desc, eq, getTableColumns, gt, gte, lt, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { blockOf } from '../indexer/facts.ts'
import { pageOf, readCursor } from './cursors.ts'

const DAY_SECONDS = 86_400
const secondsOf = (date: string) => Date.parse(date) / 1000

type Earner = { account: string; role: EarningRole }
type Grouping = (typeof GROUPINGS)[number]

/** There are at most as many kinds as there are ways to earn. */
export async function totalOf(db: D1Database, { account, role }: Earner) {
  const rows = await drizzle(db)
    .select()
    .from(earningSums)
    .where(
      and(eq(earningSums.account, account), eq(earningSums.role, role), eq(earningSums.groupedBy, 'kind')),
    )
  const total = rows.reduce((sum, row) => sum + BigInt(row.amountAtomic), 0n)
  return { totalAtomic: total.toString(), payments: rows.reduce((sum, row) => sum + row.payments, 0) }
}

type Asked = Earner & { limit: number; cursor?: string | undefined }

export async function listSums(
  db: D1Database,
  settings: Settings,
  { account, role, by, limit, cursor }: Asked & { by: Grouping },
): Promise<{ sums: EarningSum[]; nextCursor: string | null }> {
  const asked = JSON.stringify(['earnings', account, role, by])
  const after = await readCursor(settings, asked, cursor, z.string())
  const newestFirst = by === 'day'
  const beyond = newestFirst ? lt : gt
  const rows = await drizzle(db)
    .select()
    .from(earningSums)
    .where(
      and(
        eq(earningSums.account, account),
        eq(earningSums.role, role),
        eq(earningSums.groupedBy, by),
        after === null ? undefined : beyond(earningSums.group, after),
      ),
    )
    .orderBy(newestFirst ? desc(earningSums.group) : asc(earningSums.group))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf: last => last.group })
  return {
    sums: page.map(({ group, amountAtomic, payments }) => ({ group, amountAtomic, payments })),
    nextCursor,
  }
}

/** After which payment a page begins: its second, its place, its kind. */
const paymentPlace = z.tuple([z.number(), z.number(), z.string()])

export async function listPayments(
  db: D1Database,
  settings: Settings,
  { account, role, fromDay, toDay, limit, cursor }: Asked & { fromDay: string; toDay: string },
): Promise<{ earnings: EarningPayment[]; nextCursor: string | null }> {
  const asked = JSON.stringify(['earnings/payments', account, role, fromDay, toDay])
  const after = await readCursor(settings, asked, cursor, paymentPlace)
  const rows = await drizzle(db)
    .select({ ...getTableColumns(earnings), workId: workIdOf(earnings.workId) })
    .from(earnings)
    .where(
      and(
        eq(earnings.account, account),
        eq(earnings.role, role),
        gte(earnings.atSeconds, secondsOf(fromDay)),
        lte(earnings.atSeconds, after?.[0] ?? secondsOf(toDay) + DAY_SECONDS - 1),
        after === null ? undefined : sql`(at, seq, kind) < (${after[0]}, ${after[1]}, ${after[2]})`,
      ),
    )
    .orderBy(desc(earnings.atSeconds), desc(earnings.seq), desc(earnings.kind))
    .limit(limit + 1)
  const placeOf = (last: (typeof rows)[number]) => [last.atSeconds, last.seq, last.kind]
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf })
  return {
    earnings: page.map(({ kind, workId, amountAtomic, atSeconds, seq, transaction }) => ({
      ...{ workId, amountAtomic, atSeconds, blockNumber: blockOf(seq) },
      kind: kind as EarningKind, // Safety: written by the fold, as the hash below.
      transaction: transaction as Hex,
    })),
    nextCursor,
  }
}
