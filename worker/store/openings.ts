/** Proofs of opening: one of each operator for each work, of the newest version that it proved, as it was posted. */
import { bytesText, ordinalText } from '@grimoire/schema/columns'
import { type SignedOpening, signedOpening } from '@grimoire/schema/opening'
import { operators } from '@grimoire/schema/tables'
import { openings } from '@grimoire/schema/tables-posted'
import { sql } from 'drizzle-orm'
import type { Hex } from 'viem'
import { requireWorkIfNone } from './known-work.ts'

/** For each work. */
const MAX_KEPT = 32
/** For each operator, of all works: one bond pays for this many rows and no more. The oldest go first. */
const MAX_KEPT_BY_OPERATOR = 1_000
const MAX_SHOWN_CHARS = 1_000_000

/** Whose key is still the one that signed, and whose bond is whole. */
const HOLDS = `p.operator = o.operator AND p.payment_key = o.payment_key AND p.free_at IS NULL
  AND CAST(p.bond_atomic AS REAL) >= o.minimum_bond`
/** Of the latest version. */
export const countOfOpenings = sql<number>`(SELECT count(*) FROM ${openings} o JOIN ${operators} p ON ${sql.raw(HOLDS)}
  WHERE o.work_id = works.work_id AND unhex(o.content_hash) = works.content_hash)`

/** Those whom the work's maker named come first, then the highest bonds: neither is had by being many. */
const RANKED = `FROM openings o JOIN operators p ON ${HOLDS}
  LEFT JOIN admissions a ON a.work = ${ordinalText('?1')}
    AND a.operator = ${bytesText('o.operator')} AND a.admitted
  WHERE o.work_id = ?1 ORDER BY o.version DESC, a.operator IS NULL, CAST(p.bond_atomic AS REAL) DESC,
    o.opened_at DESC, o.operator LIMIT ${MAX_KEPT}`

/** A later proof takes an earlier one's place, also that of an earlier version; an earlier one changes nothing. */
const PUT = `INSERT INTO openings
    (work_id, version, operator, content_hash, payment_key, opened_at, proof, minimum_bond)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
  WHERE NOT EXISTS (SELECT 1 FROM openings WHERE work_id = ?1 AND operator = ?3 AND version > ?2)
  ON CONFLICT (work_id, version, operator) DO UPDATE SET content_hash = excluded.content_hash,
    payment_key = excluded.payment_key, opened_at = excluded.opened_at, proof = excluded.proof,
    minimum_bond = excluded.minimum_bond
  WHERE excluded.opened_at >= openings.opened_at OR excluded.payment_key <> openings.payment_key`
const DROP_EARLIER = `DELETE FROM openings WHERE work_id = ?1 AND operator = ?3 AND version < ?2`
/** What does not hold any more goes before anything that does. */
const DROP_CROWD = `DELETE FROM openings WHERE work_id = ?1
  AND (SELECT count(*) FROM openings WHERE work_id = ?1) > ${MAX_KEPT}
  AND (version, operator) NOT IN (SELECT version, operator FROM (SELECT o.version, o.operator ${RANKED}))`
const DROP_OLDEST = `DELETE FROM openings WHERE operator = ?1 AND (work_id, version) IN (
  SELECT work_id, version FROM openings WHERE operator = ?1 ORDER BY opened_at DESC
  LIMIT -1 OFFSET ${MAX_KEPT_BY_OPERATOR})`

export async function putOpening(
  db: D1Database,
  proof: SignedOpening,
  { paymentKey, minimumBondAtomic }: { paymentKey: Hex; minimumBondAtomic: bigint },
): Promise<void> {
  const { workId, version, contentHash, openedAtSeconds } = proof.opening
  const operator = proof.opening.operator.toLowerCase()
  const row = [workId, version, operator, contentHash, paymentKey.toLowerCase(), openedAtSeconds]
  await db.batch([
    db.prepare(PUT).bind(...row, JSON.stringify(proof), Number(minimumBondAtomic)),
    db.prepare(DROP_EARLIER).bind(workId, version, operator),
    db.prepare(DROP_CROWD).bind(workId),
    db.prepare(DROP_OLDEST).bind(operator),
  ])
}

/** Of all versions, the newest first; as many as go into one answer. */
export async function openingsOf(db: D1Database, workId: string): Promise<SignedOpening[]> {
  const { results } = await db.prepare(`SELECT o.proof ${RANKED}`).bind(workId).all<{ proof: string }>()
  await requireWorkIfNone(db, { workId, found: results })
  const shown: SignedOpening[] = []
  let chars = 0
  for (const { proof } of results) {
    chars += proof.length
    if (chars > MAX_SHOWN_CHARS) break
    shown.push(signedOpening.parse(JSON.parse(proof)))
  }
  return shown
}
