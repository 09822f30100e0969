/**
 * The end of an upload: its chunks become one object, the object is read once and hashed, and only then does a name lead to
 * it. Each step may be cut off and done again; one request at a time does them.
 */
import { bytesOfHex, hexOfBytes } from '@grimoire/schema/cid'
import { fileDag } from '@grimoire/schema/file-dag'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { uploads } from '@grimoire/schema/tables-uploads'
import { chunkCount, type Upload } from '@grimoire/schema/upload'
import { and, eq, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { nowSeconds } from '../now.ts'
import { nameBlob } from './blobs.ts'
import { storeDag } from './dag.ts'
import {
  busy,
  CLAIM_SECONDS,
  chunksOf,
  DROPPED_AFTER_SECONDS,
  describeUpload,
  discard,
  dropUpload,
  findUpload,
  forgetChunks,
  multipartOf,
  objectOf,
  type UploadRow,
} from './uploads.ts'

type Store = { db: D1Database; blobs: R2Bucket }
const MISSING_NAMED = 20
const SWEPT_AT_ONCE = 20

/** What becomes of it, when this request or another has ended it. */
export async function finishUpload(store: Store, wallet: string, uploadId: string): Promise<Upload> {
  const row = await findUpload(store.db, wallet, uploadId)
  if (row.state === 'stored') return describeUpload(store.db, row)
  if (row.state !== 'open' && row.state !== 'checking') throw new Problem('upload_closed', { got: row.state })
  const claimed = await claimUpload(store.db, uploadId)
  if (!claimed) return whatCameOf(store, wallet, uploadId)
  const { claim } = claimed
  try {
    await finish(store, claimed)
  } finally {
    await store.db
      .prepare('UPDATE uploads SET claim = NULL WHERE upload_id = ? AND claim = ?')
      .bind(uploadId, claim)
      .run()
  }
  return describeUpload(store.db, await findUpload(store.db, wallet, uploadId))
}

/** Another request ended it, or is about to. */
async function whatCameOf({ db }: Store, wallet: string, uploadId: string): Promise<Upload> {
  const row = await findUpload(db, wallet, uploadId)
  if (row.state === 'stored') return describeUpload(db, row)
  throw busy()
}

async function claimUpload(db: D1Database, uploadId: string): Promise<UploadRow | null> {
  const now = nowSeconds()
  const [row] = await drizzle(db)
    .update(uploads)
    .set({ claim: crypto.randomUUID(), claimedAtSeconds: now })
    .where(
      and(
        eq(uploads.uploadId, uploadId),
        sql`state IN ('open', 'checking')`,
        sql`(claim IS NULL OR claimed_at < ${now - CLAIM_SECONDS})`,
      ),
    )
    .returning()
  return row ?? null
}

async function finish(store: Store, row: UploadRow): Promise<void> {
  const leaves = await assemble(store, row)
  const got = await hashOf(store.blobs, row)
  if (got !== row.sha256) {
    await settle(store, row, { state: 'refused' })
    await discard(store, row)
    throw new Problem('hash_mismatch', { got, expected: row.sha256 })
  }
  const { cid, nodes } = await fileDag(leaves, row.sizeBytes)
  await storeDag(store, { sha256: row.sha256, leaves, nodes })
  await holdClaim(store, row)
  const object = objectOf(row.uploadId)
  const named = await nameBlob(store.blobs, row.sha256, { object, sizeBytes: row.sizeBytes, cid })
  await settle(store, row, { state: 'stored', cid })
  // The same bytes may have been here first, under the same name: then these are not needed.
  if (named === null) await discard(store, row)
  else await forgetChunks(store.db, row.uploadId)
}

/** Whoever was too slow may have been taken for dead, and the object with it: no name may lead there then. */
async function holdClaim({ db }: Store, { uploadId, claim }: UploadRow): Promise<void> {
  const held = await db
    .prepare('UPDATE uploads SET claimed_at = ? WHERE upload_id = ? AND claim = ? RETURNING claim')
    .bind(nowSeconds(), uploadId, claim)
    .first()
  if (!held) throw busy()
}

async function settle({ db }: Store, row: UploadRow, how: Partial<UploadRow>): Promise<void> {
  await drizzle(db).update(uploads).set(how).where(eq(uploads.uploadId, row.uploadId))
}

/** Makes one object of the chunks, unless an earlier try has; answers the digests of all leaves. */
async function assemble(store: Store, row: UploadRow): Promise<Uint8Array> {
  const there = await chunksOf(store.db, row.uploadId)
  const count = chunkCount(row.sizeBytes, row.chunkBytes)
  if (there.length < count) throw incomplete(there, count)
  const parts = there.map(({ chunk, etag }) => ({ partNumber: chunk + 1, etag: etag ?? '' }))
  if ((await store.blobs.head(objectOf(row.uploadId))) === null) {
    try {
      await (await multipartOf(store, row)).complete(parts)
    } catch (cause) {
      if (!isGone(cause)) throw busy(cause)
      await beginAgain(store, row)
      throw new Problem('upload_incomplete', { got: 'chunks that the store has lost', cause })
    }
  }
  await settle(store, row, { state: 'checking' })
  return bytesOfHex(there.map(({ leaves }) => leaves ?? '').join(''))
}

/** R2's own numbers: no such upload, and parts of it that are not there. Whatever else it says may pass, and what was sent stays. */
const isGone = (cause: unknown): boolean => /\((10024|10025)\)/.test(String(cause))

/** The store no longer has what it took: it is asked for anew. */
async function beginAgain(store: Store, row: UploadRow): Promise<void> {
  await discard(store, row)
  await settle(store, row, { multipartId: null, state: 'open' })
}

function incomplete(there: readonly { chunk: number }[], count: number): Problem {
  const known = new Set(there.map(({ chunk }) => chunk))
  const missing = Array.from({ length: count }, (_, chunk) => chunk).filter(chunk => !known.has(chunk))
  const more = missing.length > MISSING_NAMED ? ` and ${missing.length - MISSING_NAMED} more` : ''
  return new Problem('upload_incomplete', {
    got: `all but ${missing.slice(0, MISSING_NAMED).join(', ')}${more}`,
    expected: `chunks 0 to ${count - 1}`,
  })
}

/** Read once, as it lies in the store, whatever its chunks were said to be. */
async function hashOf(blobs: R2Bucket, row: UploadRow): Promise<string> {
  const found = await blobs.get(objectOf(row.uploadId))
  if (found?.size !== row.sizeBytes) {
    await found?.body.cancel()
    return `${found?.size ?? 0} bytes`
  }
  const digest = new crypto.DigestStream('SHA-256')
  await found.body.pipeTo(digest)
  return hexOfBytes(new Uint8Array(await digest.digest))
}

/** A refusal is written in the row, or is that somebody else is at work: neither keeps the clock from the rest. */
const leave = (error: unknown): void => {
  if (!isProblem(error)) throw error
}

/** For the clock: what nobody went on with for a day is dropped, what was cut off while it was checked is checked. */
export async function sweepUploads(store: Store): Promise<void> {
  const now = nowSeconds()
  const orm = drizzle(store.db)
  const idle = await orm
    .select()
    .from(uploads)
    .where(and(eq(uploads.state, 'open'), lt(uploads.touchedAtSeconds, now - DROPPED_AFTER_SECONDS)))
    .limit(SWEPT_AT_ONCE)
  for (const row of idle) await dropUpload(store, row).catch(leave)
  const cutOff = await orm
    .select()
    .from(uploads)
    .where(and(eq(uploads.state, 'checking'), lt(uploads.claimedAtSeconds, now - CLAIM_SECONDS)))
    .limit(1)
  for (const { wallet, uploadId } of cutOff) await finishUpload(store, wallet, uploadId).catch(leave)
  await orm
    .delete(uploads)
    .where(
      and(
        sql`state IN ('stored', 'refused', 'dropped')`,
        lt(uploads.createdAtSeconds, now - DROPPED_AFTER_SECONDS),
      ),
    )
}
