/** The cursor row: how far the chain has been followed, and the lease that lets one writer at a time move it. */
import type { Settings } from '../env.ts'

export type Place = {
  number: number
  hash: string
  atSeconds: number
  head: number | null
  halted: boolean
  reason: string | null
}

const LEASE_MS = 30_000
const ledgerOf = ({ ADDRESSES: { chainId, works, deployedAtBlock } }: Settings) =>
  `${chainId}:${works.toLowerCase()}:${deployedAtBlock}`

/** Makes the row of a new database, and refuses to mix two ledgers in an old one. */
export async function openPlace(db: D1Database, settings: Settings): Promise<void> {
  const first = settings.ADDRESSES.deployedAtBlock - 1
  await db
    .prepare(
      `INSERT INTO cursor (id, ledger, number, hash, at, halted, lease_until, unbroken)
       VALUES (1, ?, ?, '', 0, 0, 0, 1) ON CONFLICT DO NOTHING`,
    )
    .bind(ledgerOf(settings), first)
    .run()
  const row = await db.prepare('SELECT ledger FROM cursor WHERE id = 1').first<{ ledger: string }>()
  if (row?.ledger !== ledgerOf(settings)) {
    const reason = `This database follows the ledger ${row?.ledger}, the settings name ${ledgerOf(settings)}.`
    await halt(db, reason)
  }
}

export async function readPlace(db: D1Database): Promise<Place | null> {
  const row = await db
    .prepare('SELECT number, hash, at AS atSeconds, head, halted, reason FROM cursor WHERE id = 1')
    .first<Omit<Place, 'halted'> & { halted: number }>()
  return row && { ...row, halted: Boolean(row.halted) }
}

/** Takes the lease, or says no while another run holds it. A run that died loses it after 30 seconds. */
export async function takeLease(db: D1Database, lease: string): Promise<boolean> {
  const now = Date.now()
  const { meta } = await db
    .prepare(
      'UPDATE cursor SET lease = ?, lease_until = ? WHERE id = 1 AND (lease IS NULL OR lease_until < ?)',
    )
    .bind(lease, now + LEASE_MS, now)
    .run()
  return meta.changes === 1
}

/** Gives the lease back. `settled`: how far the run came with everything that belongs to it. */
export async function releaseLease(db: D1Database, lease: string, settled: number | null): Promise<void> {
  await db
    .prepare('UPDATE cursor SET lease = NULL, settled = coalesce(?, settled) WHERE id = 1 AND lease = ?')
    .bind(settled, lease)
    .run()
}

/** Whether this very block is in the index, and the words that came with it: then another run did what was wanted. */
export async function isSettled(db: D1Database, block: { number: number; hash: string }): Promise<boolean> {
  const row = await db
    .prepare(
      `SELECT 1 AS yes FROM cursor c JOIN blocks b ON b.number = ?1 AND b.hash = ?2
       WHERE c.id = 1 AND c.settled >= ?1`,
    )
    .bind(block.number, block.hash)
    .first()
  return row !== null
}

/** Says why the index stands still. Cleared by the next step forward. */
export async function note(db: D1Database, reason: string | null, head: number | null): Promise<void> {
  await db
    .prepare('UPDATE cursor SET reason = ?, head = coalesce(?, head) WHERE id = 1')
    .bind(reason, head)
    .run()
}

/** Stops the index until an operator rebuilds it: what contradicts itself below finality is not followed further. */
export async function halt(db: D1Database, reason: string): Promise<void> {
  await db.prepare('UPDATE cursor SET halted = 1, reason = ? WHERE id = 1').bind(reason).run()
}

/**
 * The first statement of every commit. When the lease or the place is no longer what this writer saw, `unbroken`
 * becomes 0, the table's check fails, and the database drops the whole batch.
 */
export const moveStatement = (
  db: D1Database,
  lease: string,
  from: Place,
  to: Omit<Place, 'halted' | 'reason'>,
) =>
  db
    .prepare(
      `UPDATE cursor SET unbroken = (lease IS ?1 AND number = ?2 AND hash = ?3), lease_until = ?4,
         number = ?5, hash = ?6, at = ?7, head = ?8,
         settled = min(settled, ?5), reason = NULL WHERE id = 1`,
    )
    .bind(lease, from.number, from.hash, Date.now() + LEASE_MS, to.number, to.hash, to.atSeconds, to.head)
