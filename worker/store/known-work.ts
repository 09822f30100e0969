/** Whether a work is on the ledger that is indexed: before anything is written about it, and where nothing is found of it. */
import { Problem } from '@grimoire/schema/problem'

export async function requireWork(db: D1Database, workId: string): Promise<void> {
  const known = await db.prepare('SELECT 1 FROM works WHERE work_id = ?').bind(workId).first()
  if (!known)
    throw new Problem('work_unknown', { got: workId, expected: 'a work on the ledger that is indexed' })
}

/** An empty answer is about a work that has none of it, or about none at all: asked for only then. */
export async function requireWorkIfNone(
  db: D1Database,
  { workId, cursor, found }: { workId: string; cursor?: string | undefined; found: readonly unknown[] },
): Promise<void> {
  if (found.length === 0 && cursor === undefined) await requireWork(db, workId)
}
