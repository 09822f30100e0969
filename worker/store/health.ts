/** What probes found, by operator: one row each with its ring of samples, and the newest quote of each work. */
import { bytesOf, ordinalOf } from '@grimoire/schema/columns'
import type { HealthSample } from '@grimoire/schema/directory'
import { healthSample } from '@grimoire/schema/directory'
import { formatModelId } from '@grimoire/schema/model-id'
import { operators, works } from '@grimoire/schema/tables'
import { eq, getTableColumns, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress, type Hex } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import type { Finding, Probed } from '../health/probe.ts'
import { healthOf, withSample } from '../health/samples.ts'
import { isActive } from './operators.ts'
import { termsOf } from './summaries.ts'

/** Of each operator: the works that it was asked for last. */
const MAX_QUOTES = 256
const samplesJson = z.array(healthSample)

type Due = { settings: Settings; minimumBondAtomic: bigint; nowSeconds: number; limit: number }

/** A work that lists the operator, or that it proved to open: the one whose quote was asked longest ago. */
const itsWork = sql`(SELECT w.seq FROM works w LEFT JOIN quotes q ON q.work_id = w.work_id AND q.operator = operators.operator
  WHERE w.ordinal IN (SELECT a.work FROM admissions a WHERE a.operator = ${bytesOf(operators.operator)} AND a.admitted
    UNION SELECT ${ordinalOf(sql`o.work_id`)} FROM openings o WHERE o.operator = operators.operator)
  ORDER BY coalesce(q.asked_at, 0), w.seq DESC LIMIT 1)`

/** Bonded operators whose time has come, those that waited longest first. */
export async function dueOperators(db: D1Database, due: Due): Promise<Probed[]> {
  const { settings, nowSeconds, limit } = due
  const dueAt = sql`coalesce((SELECT h.due_at FROM health h WHERE h.operator = operators.operator), 0)`
  const rows = await drizzle(db)
    .select({ row: getTableColumns(operators), work: getTableColumns(works) })
    .from(operators)
    .leftJoin(works, eq(works.seq, itsWork))
    .where(sql`${dueAt} <= ${nowSeconds} AND ${isActive(due.minimumBondAtomic)}`)
    .orderBy(dueAt)
    .limit(limit)
  const { chainId, works: ledger } = settings.ADDRESSES
  return rows.map(({ row, work }) => ({
    operator: getAddress(row.operator),
    endpoint: row.endpoint,
    sessionKey: row.sessionKey as Hex, // Safety: a bytes32 that the chain emitted.
    paymentKey: getAddress(row.paymentKey),
    work: work && {
      workId: work.workId,
      model: formatModelId({ chainId, works: ledger, workId: work.workId }),
      terms: termsOf(work),
    },
  }))
}

export async function postpone(
  db: D1Database,
  turns: readonly { operator: Hex; dueAtSeconds: number }[],
): Promise<void> {
  const put = db.prepare(
    `INSERT INTO health (operator, endpoint, due_at, samples) VALUES (?1, '', ?2, '[]')
     ON CONFLICT (operator) DO UPDATE SET due_at = excluded.due_at`,
  )
  await db.batch(turns.map(({ operator, dueAtSeconds }) => put.bind(operator.toLowerCase(), dueAtSeconds)))
}

/** Samples of another endpoint are another machine's: a new address begins anew. */
export async function keepFinding(db: D1Database, probed: Probed, finding: Finding): Promise<void> {
  const operator = probed.operator.toLowerCase()
  const kept = await readSamples(db, operator, probed.endpoint)
  const samples = withSample(kept, finding.sample)
  const summary = JSON.stringify(healthOf(samples))
  const statements = [
    db
      .prepare('UPDATE health SET endpoint = ?2, summary = ?3, samples = ?4 WHERE operator = ?1')
      .bind(operator, probed.endpoint, summary, JSON.stringify(samples)),
  ]
  const { quoted } = finding
  if (quoted) {
    const { workId, signed } = quoted
    statements.push(
      db
        .prepare(
          `INSERT INTO quotes (work_id, operator, asked_at, quote) VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT (work_id, operator) DO UPDATE SET asked_at = excluded.asked_at, quote = excluded.quote`,
        )
        .bind(workId, operator, finding.sample.atSeconds, signed && JSON.stringify(signed)),
      db
        .prepare(
          `DELETE FROM quotes WHERE operator = ?1 AND work_id IN (SELECT work_id FROM quotes WHERE operator = ?1
             ORDER BY asked_at DESC LIMIT -1 OFFSET ${MAX_QUOTES})`,
        )
        .bind(operator),
    )
  }
  await db.batch(statements)
}

/** The newest first. */
export async function readSamples(
  db: D1Database,
  operator: string,
  endpoint: string,
): Promise<HealthSample[]> {
  const row = await db
    .prepare('SELECT samples FROM health WHERE operator = ? AND endpoint = ?')
    .bind(operator, endpoint)
    .first<{ samples: string }>()
  return row ? samplesJson.parse(JSON.parse(row.samples)) : []
}
