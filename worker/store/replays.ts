/** Answers by their idempotency key, for a day: who comes first claims the key, who comes later is told what became of it. */

const KEPT_MS = 24 * 60 * 60 * 1000
/** After this a request that claimed a key and never answered is taken for dead. */
const CLAIM_MS = 60 * 1000
const MAX_ANSWER_CHARS = 65_536

export type Claim =
  | { state: 'ours'; claim: string }
  /** Another request holds the key, and has not answered yet. */
  | { state: 'running' }
  /** The key was used for something else. */
  | { state: 'other' }
  | { state: 'done'; status: number; body: string; contentType: string }

type Row = { request_hash: string; status: number | null; body: string | null; content_type: string | null }

/** One statement decides who is first, so two that come at once cannot both be. */
export async function claimKey(
  db: D1Database,
  { name, requestHash, nowMs }: { name: string; requestHash: string; nowMs: number },
): Promise<Claim> {
  const claim = crypto.randomUUID()
  const won = await db
    .prepare(
      `INSERT INTO replays (name, request_hash, claim, claimed_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (name) DO UPDATE SET request_hash = ?2, claim = ?3, claimed_at = ?4, status = NULL, body = NULL
       WHERE claimed_at < ?4 - CASE WHEN status IS NULL THEN ${CLAIM_MS} ELSE ${KEPT_MS} END
       RETURNING claim`,
    )
    .bind(name, requestHash, claim, nowMs)
    .first()
  if (won) return { state: 'ours', claim }
  const row = await db
    .prepare('SELECT request_hash, status, body, content_type FROM replays WHERE name = ?')
    .bind(name)
    .first<Row>()
  // Forgotten in between: whoever held it was refused, and the caller may ask again at once.
  if (!row) return { state: 'running' }
  if (row.request_hash !== requestHash) return { state: 'other' }
  if (row.status === null) return { state: 'running' }
  const contentType = row.content_type ?? 'application/json'
  return { state: 'done', status: row.status, body: row.body ?? '', contentType }
}

/** Only whoever still holds the claim is heard. An answer too long to keep is not kept: the thing itself was done. */
export async function keepAnswer(
  db: D1Database,
  told: { name: string; claim: string; status: number; body: string; contentType: string },
): Promise<void> {
  const { name, claim, status, body, contentType } = told
  if (body.length > MAX_ANSWER_CHARS) return forgetKey(db, name, claim)
  await db
    .prepare('UPDATE replays SET status = ?, body = ?, content_type = ? WHERE name = ? AND claim = ?')
    .bind(status, body, contentType, name, claim)
    .run()
}

export async function forgetKey(db: D1Database, name: string, claim: string): Promise<void> {
  await db.prepare('DELETE FROM replays WHERE name = ? AND claim = ?').bind(name, claim).run()
}

/** What is a day old is gone; the clock calls it. */
export async function dropReplays(db: D1Database, nowMs = Date.now()): Promise<void> {
  await db
    .prepare('DELETE FROM replays WHERE claimed_at < ?')
    .bind(nowMs - KEPT_MS)
    .run()
}
