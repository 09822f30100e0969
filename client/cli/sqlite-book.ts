/** The gateway's book in SQLite: the day's cap is held by one transaction per turn, across requests, processes and restarts. */
import { randomUUID } from 'node:crypto'
import { address as hexAddress, hexData } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { SignedReceipt } from '@grimoire/schema/receipt'
import { signedReceipt } from '@grimoire/schema/receipt'
import type { Book, SpendingRow, Today } from '../gateway/book.ts'
import { atomically, type Database } from './database.ts'

const DAY_MS = 24 * 3600 * 1000

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

type Row = Record<string, unknown>
const sum = (row: Row | undefined, column: string): bigint => BigInt(String(row?.[column] ?? 0))

/**
 * What may still be charged for the day's turns without a receipt: of one channel the most that any of its vouchers
 * allows beyond what was charged before, since vouchers are cumulative and the node can use the highest only.
 */
const HELD = `
  SELECT coalesce(sum(most), 0) AS held FROM (
    SELECT max(before_atomic + max_atomic) - min(before_atomic) AS most
    FROM turn WHERE day = ? AND state IN ('reserved', 'atRisk') GROUP BY channel_id)`
const SPENT = 'SELECT coalesce(sum(charged_atomic), 0) AS spent FROM turn WHERE day = ?'
const SPENDING = `
  SELECT day, work_id, operator, count(*) FILTER (WHERE state = 'paid') AS turns,
    count(*) FILTER (WHERE state NOT IN ('paid', 'reserved')) AS failed, sum(charged_atomic) AS charged,
    sum(input_bytes) AS input_bytes, sum(output_bytes) AS output_bytes,
    (SELECT coalesce(sum(most), 0) FROM (
      SELECT max(before_atomic + max_atomic) - min(before_atomic) AS most FROM turn AS open
      WHERE open.state = 'atRisk' AND open.day = turn.day AND open.work_id = turn.work_id
        AND open.operator = turn.operator
      GROUP BY open.channel_id)) AS at_risk
  FROM turn WHERE day >= ? GROUP BY day, work_id, operator ORDER BY day DESC, charged DESC`

const spendingRow = (row: Row): SpendingRow => ({
  day: String(row.day),
  workId: String(row.work_id),
  operator: hexAddress.parse(row.operator),
  turns: Number(row.turns),
  failedTurns: Number(row.failed),
  chargedAtomic: sum(row, 'charged'),
  atRiskAtomic: sum(row, 'at_risk'),
  inputBytes: Number(row.input_bytes),
  outputBytes: Number(row.output_bytes),
})

export type SqliteBook = Book & {
  /** Receipts of the last days, the newest first. */
  receipts(since: { days: number }): SignedReceipt[]
  /** Takes an operator back. */
  trust(operator: string): boolean
}

/** `clock` tells the time in milliseconds. */
export function openBook(
  database: Database,
  { capAtomic, clock = Date.now }: { capAtomic: bigint; clock?: () => number },
): SqliteBook {
  const since = (days: number) => dayOf(clock() - (days - 1) * DAY_MS)
  const today = (): Today => {
    const day = dayOf(clock())
    const spent = database.prepare(SPENT).get(day)
    const held = database.prepare(HELD).get(day)
    return { day, spentAtomic: sum(spent, 'spent'), heldAtomic: sum(held, 'held'), capAtomic }
  }
  return {
    ...reserving(database, { capAtomic, clock, today }),
    ...settling(database),
    today,
    spending: ({ days }) => database.prepare(SPENDING).all(since(days)).map(spendingRow),
    receipts: ({ days }) =>
      database
        .prepare(
          'SELECT receipt, signature FROM turn WHERE day >= ? AND receipt IS NOT NULL ORDER BY started_at_ms DESC',
        )
        .all(since(days))
        .map(row =>
          signedReceipt.parse({ receipt: JSON.parse(String(row.receipt)), signature: row.signature }),
        ),
    distrust: (operator, code) =>
      void database
        .prepare('INSERT OR REPLACE INTO distrusted (operator, code, at_ms) VALUES (?, ?, ?)')
        .run(operator.toLowerCase(), code, clock()),
    distrusted: () =>
      new Set(
        database
          .prepare('SELECT operator FROM distrusted')
          .all()
          .map(row => String(row.operator)),
      ),
    trust: operator =>
      database.prepare('DELETE FROM distrusted WHERE operator = ?').run(operator.toLowerCase()).changes > 0,
  }
}

type Spending = { capAtomic: bigint; clock: () => number; today: () => Today }

function insertReserved(
  database: Database,
  turn: Parameters<Book['reserve']>[0],
  { day, atMs }: { day: string; atMs: number },
): string {
  const id = randomUUID()
  database
    .prepare(
      `INSERT INTO turn (id, day, started_at_ms, state, work_id, version, operator, channel_id,
         before_atomic, max_atomic) VALUES (?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      ...([id, day, atMs, turn.workId, turn.version, turn.operator.toLowerCase()] as const),
      ...([turn.channelId.toLowerCase(), turn.beforeAtomic, turn.maxAtomic] as const),
    )
  return id
}

/** What a turn may come to counts against the day from before it begins. */
function reserving(
  database: Database,
  { capAtomic, clock, today }: Spending,
): Pick<Book, 'reserve' | 'hold'> {
  return {
    reserve: turn =>
      atomically(database, () => {
        const { day, spentAtomic, heldAtomic } = today()
        const leftAtomic = capAtomic - spentAtomic - heldAtomic
        if (turn.maxAtomic > leftAtomic) {
          throw new Problem('daily_cap_reached', {
            got: `a turn of up to ${turn.maxAtomic}`,
            expected: `at most ${leftAtomic > 0n ? leftAtomic : 0n} of ${capAtomic} on ${day}`,
          })
        }
        return insertReserved(database, turn, { day, atMs: clock() })
      }),
    hold: (id, { beforeAtomic, atMostAtomic }) =>
      atomically(database, () => {
        const maxAtomic = atMostAtomic - beforeAtomic
        database
          .prepare('UPDATE turn SET before_atomic = ?, max_atomic = ? WHERE id = ?')
          .run(beforeAtomic, maxAtomic, id)
        const { day, spentAtomic, heldAtomic } = today()
        if (spentAtomic + heldAtomic <= capAtomic) return
        throw new Problem('daily_cap_reached', {
          got: `a voucher that brings the day to ${spentAtomic + heldAtomic}`,
          expected: `at most ${capAtomic} on ${day}`,
        })
      }),
  }
}

/** Turns whose receipt never came: what the node charged for them shows in what it says it had charged before. */
function findLater(database: Database, channelId: string, beforeAtomic: bigint): void {
  const open = database
    .prepare(
      `SELECT id, before_atomic FROM turn WHERE channel_id = ? AND state = 'atRisk' ORDER BY started_at_ms`,
    )
    .all(channelId)
  const [first, last] = [open[0], open.at(-1)]
  if (!first || !last) return
  const found = beforeAtomic - sum(first, 'before_atomic')
  database
    .prepare(`UPDATE turn SET state = 'foundLater' WHERE channel_id = ? AND state = 'atRisk'`)
    .run(channelId)
  database
    .prepare('UPDATE turn SET charged_atomic = ? WHERE id = ?')
    .run(found > 0n ? found : 0n, String(last.id))
}

function settling(database: Database): Pick<Book, 'settle' | 'fail'> {
  return {
    settle: (id, { receipt, receiptSignature, chargedAtomic, agreed }) =>
      atomically(database, () => {
        database
          .prepare(
            `UPDATE turn SET state = 'paid', charged_atomic = ?, input_bytes = ?, output_bytes = ?, receipt = ?,
               signature = ? WHERE id = ?`,
          )
          .run(
            ...([chargedAtomic, receipt.inputBytes, receipt.outputBytes] as const),
            ...([JSON.stringify(receipt), hexData.parse(receiptSignature), id] as const),
          )
        findLater(database, agreed.channelId.toLowerCase(), agreed.beforeAtomic)
      }),
    fail: (id, { code, atRisk }) =>
      void database
        .prepare('UPDATE turn SET state = ?, failure = ? WHERE id = ?')
        .run(atRisk ? 'atRisk' : 'failed', code, id),
  }
}

/** What a process left behind that ended in the middle of a turn: its vouchers may be in a node's hands. */
export const keepInterrupted = (database: Database): void =>
  database.exec(`UPDATE turn SET state = 'atRisk', failure = 'interrupted' WHERE state = 'reserved'`)
