/** Reports of works, one of each wallet and work, and no more in a day than a person would write. */

import { type NewReport, REPORTS_PER_DAY, type Report, type ReportsPage } from '@grimoire/schema/moderation'
import type { PageQuery } from '@grimoire/schema/page'
import { Problem } from '@grimoire/schema/problem'
import { reports } from '@grimoire/schema/tables-people'
import { desc, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { pageOf, readCursor } from './cursors.ts'
import { requireWork } from './known-work.ts'

const DAY_SECONDS = 86_400
const placeOfRow = z.tuple([z.number(), z.string(), z.string()])

export async function putReport(db: D1Database, wallet: string, given: NewReport): Promise<Report> {
  const reporter = wallet.toLowerCase()
  const reportedAtSeconds = nowSeconds()
  await requireWork(db, given.workId)
  const { workId, reason, text } = given
  // Counted in the same statement: of any number that come at once, only so many get in.
  const added = await db
    .prepare(
      `INSERT INTO reports (reporter, work_id, reason, text, reported_at) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE (SELECT COUNT(*) FROM reports WHERE reporter = ?1 AND reported_at > ?6) < ?7
       ON CONFLICT (reporter, work_id) DO UPDATE SET reason = ?3, text = ?4, reported_at = ?5
       RETURNING work_id`,
    )
    .bind(
      ...[reporter, workId, reason, text, reportedAtSeconds],
      ...[reportedAtSeconds - DAY_SECONDS, REPORTS_PER_DAY],
    )
    .first()
  if (!added) {
    throw new Problem('reports_spent', {
      got: 'one more',
      expected: `at most ${REPORTS_PER_DAY} in a day`,
      extra: { retryAfterSeconds: DAY_SECONDS },
    })
  }
  return { ...given, reporter: getAddress(reporter), reportedAtSeconds }
}

/** The newest first. */
export async function listReports(
  db: D1Database,
  settings: Settings,
  { limit, cursor }: PageQuery,
): Promise<ReportsPage> {
  const from = await readCursor(settings, 'reports', cursor, placeOfRow)
  const rows = await drizzle(db)
    .select()
    .from(reports)
    .where(
      from
        ? sql`(${reports.reportedAtSeconds}, ${reports.reporter}, ${reports.workId}) < (${from[0]}, ${from[1]}, ${from[2]})`
        : undefined,
    )
    .orderBy(desc(reports.reportedAtSeconds), desc(reports.reporter), desc(reports.workId))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, 'reports', {
    rows,
    limit,
    placeOf: last => [last.reportedAtSeconds, last.reporter, last.workId],
  })
  return {
    reports: page.map(row => ({
      ...row,
      reason: row.reason as Report['reason'], // Safety: written by `putReport`.
      reporter: getAddress(row.reporter),
    })),
    nextCursor,
  }
}
