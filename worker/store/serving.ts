/** Who would serve one work: its creator's list, those still leaving it, and where that is open anyone bonded. */
import { bytesOf, hexText, ordinalOf } from '@grimoire/schema/columns'
import type { ServingOperator } from '@grimoire/schema/directory'
import { pricesWithin } from '@grimoire/schema/price'
import { type SignedQuote, signedQuote } from '@grimoire/schema/quote'
import { operators } from '@grimoire/schema/tables'
import type { Terms } from '@grimoire/schema/work'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Settings } from '../env.ts'
import { pageOf } from './cursors.ts'
import { afterPlace, byAge, isActive, measured, operatorColumns, placeOf } from './operators.ts'

const listed = <T>(workId: string, column: 'admitted' | 'effective_at' | 'accepted_at') =>
  sql<T | null>`(SELECT ${sql.raw(`a.${column}`)} FROM admissions a
    WHERE a.operator = ${bytesOf(operators.operator)} AND a.work = ${ordinalOf(workId)})`
const quoted = <T>(workId: string, column: 'asked_at' | 'quote') =>
  sql<T | null>`(SELECT ${sql.raw(`q.${column}`)} FROM quotes q
    WHERE q.operator = operators.operator AND q.work_id = ${workId})`

const columnsFor = (workId: string) => ({
  ...operatorColumns,
  admitted: listed<number>(workId, 'admitted'),
  effectiveAt: listed<number>(workId, 'effective_at'),
  acceptedAt: listed<number>(workId, 'accepted_at'),
  quotedAt: quoted<number>(workId, 'asked_at'),
  quote: quoted<string>(workId, 'quote'),
})

const select = (db: D1Database, workId: string) => drizzle(db).select(columnsFor(workId)).from(operators)
type Selected = Awaited<ReturnType<typeof select>>[number]

export type ServingQuery = {
  workId: string
  terms: Terms
  /** Whether anyone bonded may serve it now. */
  open: boolean
  minimumBondAtomic: bigint
  nowSeconds: number
}

function rowOf(row: Selected, { terms, minimumBondAtomic, nowSeconds }: ServingQuery): ServingOperator {
  const operator = measured(row, minimumBondAtomic)
  const leaving = row.admitted === 0 && (row.effectiveAt ?? 0) > nowSeconds
  const told: SignedQuote | null = row.quote === null ? null : signedQuote.parse(JSON.parse(row.quote))
  // Signed with a key that was replaced since, it says nothing any more.
  const quote = told && told.quote.sessionKey === operator.sessionKey ? told : null
  return {
    ...operator,
    admittedBy: row.admitted === 1 ? 'listed' : leaving ? 'leaving' : 'open',
    acceptedAtSeconds: row.acceptedAt,
    prices: pricesWithin(operator.prices, terms),
    warm: quote?.quote.warm ?? null,
    quotedAtSeconds: row.quotedAt,
    quote,
  }
}

const mayServe = ({ workId, open, minimumBondAtomic, nowSeconds }: ServingQuery): SQL => {
  const active = isActive(minimumBondAtomic)
  if (open) return active
  return sql`${active} AND operators.operator IN (SELECT ${sql.raw(hexText('a.operator'))} FROM admissions a
    WHERE a.work = ${ordinalOf(workId)} AND (a.admitted OR a.effective_at > ${nowSeconds}))`
}

export async function servingOperators(
  db: D1Database,
  settings: Settings,
  query: ServingQuery & { cursor?: string | undefined; limit: number },
): Promise<{ operators: ServingOperator[]; nextCursor: string | null }> {
  const asked = JSON.stringify(['serving', query.workId])
  const after = await afterPlace(settings, asked, query.cursor)
  const rows = await select(db, query.workId)
    .where(after ? sql`${mayServe(query)} AND ${after}` : mayServe(query))
    .orderBy(byAge)
    .limit(query.limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit: query.limit, placeOf })
  return { operators: page.map(row => rowOf(row, query)), nextCursor }
}

/** Those to choose among: who quoted this work comes first, then the newest, so that a crowd shuts no newcomer out. */
export async function candidatesFor(
  db: D1Database,
  query: ServingQuery & { limit: number },
): Promise<ServingOperator[]> {
  const rows = await select(db, query.workId)
    .where(mayServe(query))
    .orderBy(sql`${quoted(query.workId, 'quote')} IS NULL, operators.registered_at DESC, operators.operator`)
    .limit(query.limit)
  const all = rows.map(row => rowOf(row, query))
  // A node that did not undertake to serve a work may serve it; one that did is asked before it.
  const accepted = all.filter(({ acceptedAtSeconds }) => acceptedAtSeconds !== null)
  return query.open || accepted.length === 0 ? all : accepted
}
