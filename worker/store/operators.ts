/** The directory of operators: the chain's rows, with what probes measured. An endpoint is a stranger's text: `outbound.ts` judges it. */
import { bytesOf } from '@grimoire/schema/columns'
import type { MeasuredOperator, OperatorHealth } from '@grimoire/schema/directory'
import { Problem } from '@grimoire/schema/problem'
import { admissions, operators, texts, works } from '@grimoire/schema/tables'
import { and, desc, eq, exists, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress, type Hex } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { pageOf, readCursor } from './cursors.ts'

/** Bonded, and not about to leave. */
export const isActive = (minimumBondAtomic: bigint): SQL =>
  sql`operators.free_at IS NULL AND CAST(operators.bond_atomic AS REAL) >= ${Number(minimumBondAtomic)}`

/** What is shown of an operator's health: nothing that was measured at an earlier address. */
const summaryColumn = sql<string | null>`(SELECT h.summary FROM health h
  WHERE h.operator = operators.operator AND h.endpoint = operators.endpoint)`

const parseSummary = (text: string | null): OperatorHealth | null =>
  text === null ? null : (JSON.parse(text) as OperatorHealth) // Safety: `keepFinding` wrote it, and nothing else does.

export const operatorColumns = { row: getTableColumns(operators), summary: summaryColumn }
type Selected = { row: typeof operators.$inferSelect; summary: string | null }

const placeOfRow = z.tuple([z.number(), z.string()])

export const measured = ({ row, summary }: Selected, minimumBondAtomic: bigint): MeasuredOperator => ({
  operator: getAddress(row.operator),
  endpoint: row.endpoint,
  sessionKey: row.sessionKey as Hex, // Safety: a bytes32 that the chain emitted.
  paymentKey: getAddress(row.paymentKey),
  prices: {
    turnFeeAtomic: String(row.turnFeeAtomic),
    inputPerMillionBytesAtomic: String(row.inputPerMillionBytesAtomic),
    outputPerMillionBytesAtomic: String(row.outputPerMillionBytesAtomic),
  },
  bondAtomic: row.bondAtomic,
  active: row.freeAtSeconds === null && BigInt(row.bondAtomic) >= minimumBondAtomic,
  freeAtSeconds: row.freeAtSeconds,
  registeredAtSeconds: row.registeredAtSeconds,
  health: parseSummary(summary),
})

/** The longest registered first; the place of the last row is where the next page begins. */
export const byAge = sql`operators.registered_at, operators.operator`
export async function afterPlace(
  settings: Settings,
  asked: string,
  cursor: string | undefined,
): Promise<SQL | undefined> {
  const place = await readCursor(settings, asked, cursor, placeOfRow)
  if (place === null) return undefined
  const [registeredAt, operator] = place
  return sql`(operators.registered_at, operators.operator) > (${registeredAt}, ${operator})`
}

export const placeOf = ({ row }: Selected) => [row.registeredAtSeconds, row.operator]

type Query = {
  workId?: string | undefined
  cursor?: string | undefined
  limit: number
  minimumBondAtomic: bigint
}

/** With `workId` only those that the work's creator lists. */
export async function listOperators(
  db: D1Database,
  settings: Settings,
  { workId, cursor, limit, minimumBondAtomic }: Query,
): Promise<{ operators: MeasuredOperator[]; nextCursor: string | null }> {
  const asked = JSON.stringify(['operators', workId])
  const orm = drizzle(db)
  const listed = orm
    .select({ operator: admissions.operator })
    .from(admissions)
    .where(
      and(
        eq(admissions.operator, bytesOf(operators.operator)),
        eq(admissions.workId, workId ?? ''),
        eq(admissions.admitted, true),
      ),
    )
  const after = await afterPlace(settings, asked, cursor)
  const rows = await orm
    .select(operatorColumns)
    .from(operators)
    .where(and(workId === undefined ? undefined : exists(listed), after))
    .orderBy(byAge)
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf })
  return { operators: page.map(row => measured(row, minimumBondAtomic)), nextCursor }
}

export async function findOperator(
  db: D1Database,
  operator: string,
  minimumBondAtomic: bigint,
): Promise<MeasuredOperator> {
  const row = await drizzle(db)
    .select(operatorColumns)
    .from(operators)
    .where(eq(operators.operator, operator.toLowerCase()))
    .get()
  if (!row) throw new Problem('operator_unknown', { got: operator, expected: 'an operator of the registry' })
  return measured(row, minimumBondAtomic)
}

/** The works whose creator lists an operator, the newest first. */
export async function worksListing(
  db: D1Database,
  settings: Settings,
  operator: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
) {
  const asked = JSON.stringify(['works of', operator.toLowerCase()])
  const from = await readCursor(settings, asked, cursor, z.number())
  const rows = await drizzle(db)
    .select({
      seq: works.seq,
      workId: works.workId,
      title: texts.title,
      acceptedAtSeconds: admissions.acceptedAtSeconds,
    })
    .from(admissions)
    .innerJoin(works, eq(works.ordinal, admissions.workId))
    .leftJoin(texts, eq(texts.seq, works.seq))
    .where(
      and(
        eq(admissions.operator, operator.toLowerCase()),
        eq(admissions.admitted, true),
        from === null ? undefined : sql`works.seq < ${from}`,
      ),
    )
    .orderBy(desc(works.seq))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, { rows, limit, placeOf: last => last.seq })
  return {
    works: page.map(({ workId, title, acceptedAtSeconds }) => ({ workId, title, acceptedAtSeconds })),
    nextCursor,
  }
}
