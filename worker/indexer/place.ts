/** The cursor row: how far the chain has been followed, and in whose term; whoever writes in an earlier one writes nothing. */
import { Problem } from '@grimoire/schema/problem'
import type { Settings } from '../env.ts'

export type Place = {
  ledger: string
  number: number
  hash: string
  atSeconds: number
  head: number | null
  halted: boolean
  reason: string | null
  /** The endpoints that the last run did without, each with the reason. */
  passedOver: string[]
}

const ledgerOf = ({ ADDRESSES: { chainId, works, deployedAtBlock } }: Settings) =>
  `${chainId}:${works.toLowerCase()}:${deployedAtBlock}`

/** Settings that name another ledger than the database follows: corrected ones go on, so nothing of it is written there. */
export function otherLedger(settings: Settings, place: Place | null): Problem | null {
  const [follows, named] = [place?.ledger, ledgerOf(settings)]
  if (follows === undefined || follows === named) return null
  const detail = `This database follows the ledger ${follows}.`
  return new Problem('config_invalid', { param: 'ADDRESSES', detail, got: named, expected: follows })
}

/** Makes the row of a new database, and refuses to mix two ledgers in an old one. */
export async function openPlace(db: D1Database, settings: Settings): Promise<void> {
  const first = settings.ADDRESSES.deployedAtBlock - 1
  await db
    .prepare(
      `INSERT INTO cursor (id, ledger, number, hash, at, halted, unbroken)
       VALUES (1, ?, ?, '', 0, 0, 1) ON CONFLICT DO NOTHING`,
    )
    .bind(ledgerOf(settings), first)
    .run()
  const other = otherLedger(settings, await readPlace(db))
  if (other) throw other
}

type Stored = Omit<Place, 'halted' | 'passedOver'> & { halted: number; passedOver: string }

export async function readPlace(db: D1Database): Promise<Place | null> {
  const row = await db
    .prepare(
      `SELECT ledger, number, hash, at AS atSeconds, head, halted, reason, passed_over AS passedOver
       FROM cursor WHERE id = 1`,
    )
    .first<Stored>()
  return (
    row && { ...row, halted: Boolean(row.halted), passedOver: row.passedOver.split('\n').filter(Boolean) }
  )
}

/** The last term in which this database was written. */
export async function readTerm(db: D1Database): Promise<number> {
  const row = await db.prepare('SELECT term FROM cursor WHERE id = 1').first<{ term: number }>()
  return row?.term ?? 0
}

/** From here on only this term may move the cursor; a writer of an earlier one is refused by its next commit. */
export async function beginTerm(db: D1Database, term: number): Promise<void> {
  const { meta } = await db.prepare('UPDATE cursor SET term = ?1 WHERE id = 1 AND term < ?1').bind(term).run()
  if (meta.changes !== 1) throw new Problem('index_taken')
}

type Note = { reason: string | null; head: number | null; passedOver: readonly string[] }

/** Says why the index stands still, and whom it did without. The reason is cleared by the next step forward. */
export async function note(db: D1Database, { reason, head, passedOver }: Note): Promise<void> {
  await db
    .prepare(
      'UPDATE cursor SET reason = ?, head = coalesce(?, head), passed_over = ? WHERE id = 1 AND halted = 0',
    )
    .bind(reason, head, passedOver.join('\n'))
    .run()
}

/** Stops the index until an operator rebuilds it: what contradicts itself below finality is not followed further. */
export async function halt(db: D1Database, reason: string): Promise<void> {
  await db.prepare('UPDATE cursor SET halted = 1, reason = ? WHERE id = 1').bind(reason).run()
}

/**
 * The first statement of every commit. When the term or the place is no longer what this writer saw, `unbroken` becomes
 * 0, the table's check fails, and the database drops the whole batch.
 */
export const moveStatement = (
  db: D1Database,
  term: number,
  from: Place,
  to: Pick<Place, 'number' | 'hash' | 'atSeconds' | 'head'>,
) =>
  db
    .prepare(
      `UPDATE cursor SET unbroken = (term = ?1 AND number = ?2 AND hash = ?3),
         number = ?4, hash = ?5, at = ?6, head = ?7, reason = NULL WHERE id = 1`,
    )
    .bind(term, from.number, from.hash, to.number, to.hash, to.atSeconds, to.head)

/** Whether a batch was dropped by that check. */
export const isFencedOff = (error: unknown): boolean =>
  /CHECK constraint failed: one_writer/.test(String(error))
