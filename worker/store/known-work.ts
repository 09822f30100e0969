/** Whether a work is on the ledger that is indexed: before anything is written about it. */
import { Problem } from '@grimoire/schema/problem'

export async function requireWork(db: D1Database, workId: string): Promise<void> {
  const known = await db.prepare('SELECT 1 FROM works WHERE work_id = ?').bind(workId).first()
  if (!known)
    throw new Problem('work_unknown', { got: workId, expected: 'a work on the ledger that is indexed' })
}
