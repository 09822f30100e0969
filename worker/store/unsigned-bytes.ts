/** What came unsigned from one network today: a sum that never passes what is taken, and that nobody can read a network from. */
import { Problem } from '@grimoire/schema/problem'
import { sha256Of } from '../digest.ts'

const DAY_MS = 86_400_000
const today = () => Math.floor(Date.now() / DAY_MS)

/** Counts before anything is stored; of any number at once, only so many are let through as there is room for. */
export async function countUnsigned(
  db: D1Database,
  { network, sizeBytes, mostBytes }: { network: string; sizeBytes: number; mostBytes: number },
): Promise<void> {
  const day = today()
  const counted = await db
    .prepare(
      `INSERT INTO unsigned_bytes (day, network, size_bytes) SELECT ?1, ?2, ?3 WHERE ?3 <= ?4
       ON CONFLICT (day, network) DO UPDATE SET size_bytes = size_bytes + ?3 WHERE size_bytes + ?3 <= ?4
       RETURNING size_bytes`,
    )
    .bind(day, await sha256Of(`${day} ${network}`), sizeBytes, mostBytes)
    .first()
  if (!counted)
    throw new Problem('unsigned_bytes_spent', {
      got: `${sizeBytes} bytes more`,
      expected: `at most ${mostBytes} bytes a day`,
    })
}

export async function dropUnsignedDays(db: D1Database): Promise<void> {
  await db.prepare('DELETE FROM unsigned_bytes WHERE day < ?').bind(today()).run()
}
