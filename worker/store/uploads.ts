/** Uploads under way: one row each, which one statement begins within its wallet's quota, and which one request at a time ends. */
import { Problem } from '@grimoire/schema/problem'
import { uploadChunks, uploads } from '@grimoire/schema/tables-uploads'
import { chunkCount, type NewUpload, type Upload } from '@grimoire/schema/upload'
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import type { Settings } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { findBlob } from './blobs.ts'
import { touchBlob } from './sweep-blobs.ts'

/** An upload that no chunk reaches for this long is dropped. */
export const DROPPED_AFTER_SECONDS = 86_400
const DAY_SECONDS = 86_400

export type UploadRow = typeof uploads.$inferSelect
type Store = { db: D1Database; blobs: R2Bucket }
export type Quotas = Pick<Settings, 'UPLOADS_UNDER_WAY' | 'UPLOAD_BYTES_UNDER_WAY' | 'UPLOAD_BYTES_PER_DAY'>

export const objectOf = (uploadId: string): string => `uploads/${uploadId}`
export const isUnderWay = ({ state }: UploadRow): boolean => state === 'open' || state === 'checking'

/** Finds what is there already, goes on with what this wallet began, or begins. */
export async function beginUpload(
  store: Store,
  visitor: string,
  asked: NewUpload,
  quotas: Quotas,
): Promise<Upload> {
  const wallet = visitor.toLowerCase()
  const known = await findBlob(store.blobs, asked.sha256)
  if (known) {
    await touchBlob(store.db, asked.sha256)
    return alreadyThere(asked, known)
  }
  const row = (await underWay(store.db, wallet, asked)) ?? (await insert(store.db, wallet, asked, quotas))
  return describeUpload(store.db, row)
}

function alreadyThere({ sha256, chunkBytes }: NewUpload, known: { sizeBytes: number; cid: string | null }) {
  const { sizeBytes, cid } = known
  const chunks = chunkCount(sizeBytes, chunkBytes)
  const state = 'stored' as const
  return {
    uploadId: null,
    sha256,
    sizeBytes,
    chunkBytes,
    chunks,
    there: [],
    state,
    cid,
    dropsAtSeconds: null,
  }
}

const underWay = (db: D1Database, wallet: string, { sha256, sizeBytes }: NewUpload) =>
  drizzle(db)
    .select()
    .from(uploads)
    .where(
      and(
        eq(uploads.wallet, wallet),
        eq(uploads.sha256, sha256),
        eq(uploads.sizeBytes, sizeBytes),
        sql`state IN ('open', 'checking')`,
      ),
    )
    .get()

const SPENT = `SELECT
  COUNT(*) FILTER (WHERE state IN ('open', 'checking')) AS number,
  COALESCE(SUM(size_bytes) FILTER (WHERE state IN ('open', 'checking')), 0) AS bytes,
  COALESCE(SUM(size_bytes) FILTER (WHERE created_at > ?5 - ${DAY_SECONDS}), 0) AS today
  FROM uploads WHERE wallet = ?2`

/** Of any number that begin at once, only so many begin as the quota has room for: the sums and the row are one statement. */
async function insert(db: D1Database, wallet: string, asked: NewUpload, quotas: Quotas): Promise<UploadRow> {
  const uploadId = crypto.randomUUID()
  const { sha256, sizeBytes, chunkBytes } = asked
  const { UPLOADS_UNDER_WAY, UPLOAD_BYTES_UNDER_WAY, UPLOAD_BYTES_PER_DAY } = quotas
  await db
    .prepare(
      `INSERT INTO uploads (upload_id, wallet, sha256, size_bytes, chunk_bytes, state, claimed_at, created_at, touched_at)
       SELECT ?1, ?2, ?3, ?4, ?6, 'open', 0, ?5, ?5 FROM (${SPENT}) AS spent
       WHERE spent.number < ?7 AND spent.bytes + ?4 <= ?8 AND spent.today + ?4 <= ?9
       ON CONFLICT DO NOTHING`,
    )
    .bind(
      ...[uploadId, wallet, sha256, sizeBytes, nowSeconds(), chunkBytes],
      ...[UPLOADS_UNDER_WAY, UPLOAD_BYTES_UNDER_WAY, UPLOAD_BYTES_PER_DAY],
    )
    .run()
  const row = await underWay(db, wallet, asked)
  if (row) return row
  const spent = await db
    .prepare(SPENT.replaceAll('?5', '?1'))
    .bind(nowSeconds(), wallet)
    .first<{ number: number; bytes: number; today: number }>()
  throw new Problem('upload_quota_spent', {
    got: `${sizeBytes} bytes more, beside ${spent?.number} uploads of ${spent?.bytes} bytes under way and ${spent?.today} bytes today`,
    expected: `at most ${UPLOADS_UNDER_WAY} uploads of ${UPLOAD_BYTES_UNDER_WAY} bytes under way, and ${UPLOAD_BYTES_PER_DAY} bytes a day`,
  })
}

/** One that belongs to somebody else is unknown, like one that is not there. */
export async function findUpload(db: D1Database, wallet: string, uploadId: string): Promise<UploadRow> {
  const row = await drizzle(db)
    .select()
    .from(uploads)
    .where(and(eq(uploads.uploadId, uploadId), eq(uploads.wallet, wallet.toLowerCase())))
    .get()
  if (!row) throw new Problem('upload_unknown', { got: uploadId })
  return row
}

/** As it is told: what arrived, and how long it waits for more. */
export async function describeUpload(db: D1Database, row: UploadRow): Promise<Upload> {
  const { uploadId, sha256, sizeBytes, chunkBytes, cid } = row
  const state = row.state as Upload['state'] // Safety: the column holds nothing that was not written here.
  const there = isUnderWay(row) ? (await chunksOf(db, uploadId)).map(({ chunk }) => chunk) : []
  const chunks = chunkCount(sizeBytes, chunkBytes)
  const dropsAtSeconds = state === 'open' ? row.touchedAtSeconds + DROPPED_AFTER_SECONDS : null
  return { uploadId, sha256, sizeBytes, chunkBytes, chunks, there, state, cid, dropsAtSeconds }
}

export const chunksOf = (db: D1Database, uploadId: string) =>
  drizzle(db)
    .select()
    .from(uploadChunks)
    .where(and(eq(uploadChunks.uploadId, uploadId), isNotNull(uploadChunks.etag)))
    .orderBy(asc(uploadChunks.chunk))

/** The store's own upload behind it; of two requests that make one, the second gives its own up. */
export async function multipartOf({ db, blobs }: Store, row: UploadRow): Promise<R2MultipartUpload> {
  const key = objectOf(row.uploadId)
  if (row.multipartId !== null) return blobs.resumeMultipartUpload(key, row.multipartId)
  const made = await blobs.createMultipartUpload(key)
  const [kept] = await drizzle(db)
    .update(uploads)
    .set({ multipartId: sql`COALESCE(multipart_id, ${made.uploadId})` })
    .where(eq(uploads.uploadId, row.uploadId))
    .returning({ multipartId: uploads.multipartId })
  if (!kept?.multipartId || kept.multipartId === made.uploadId) return made
  await made.abort()
  return blobs.resumeMultipartUpload(key, kept.multipartId)
}

/** Ends it, unless somebody is just putting it together; what the store holds of it goes. */
export async function dropUpload(store: Store, row: UploadRow, nowSecondsIs = nowSeconds()): Promise<void> {
  if (!isUnderWay(row)) return
  const { results } = await store.db
    .prepare(
      `UPDATE uploads SET state = 'dropped', claim = NULL WHERE upload_id = ?1 AND state IN ('open', 'checking')
       AND (claim IS NULL OR claimed_at < ?2) RETURNING upload_id`,
    )
    .bind(row.uploadId, nowSecondsIs - CLAIM_SECONDS)
    .all()
  if (results.length === 0) throw busy()
  await discard(store, row)
}

/** After this a request that was putting an upload together is taken for dead. */
export const CLAIM_SECONDS = 600
const RETRY_SECONDS = 1
/** Somebody else is at work on it, or the store could not do it just now. */
export const busy = (cause?: unknown, got?: string): Problem =>
  new Problem('upload_busy', {
    ...(cause === undefined ? {} : { cause }),
    ...(got === undefined ? {} : { got }),
    extra: { retryAfterSeconds: RETRY_SECONDS },
  })

/** Takes out of the store what an upload left there, unless a name leads to it; its row stays, to be counted. */
export async function discard({ db, blobs }: Store, row: UploadRow): Promise<void> {
  const key = objectOf(row.uploadId)
  // It may be complete, or aborted before: then there is nothing to abort, and the object goes.
  if (row.multipartId !== null)
    await blobs
      .resumeMultipartUpload(key, row.multipartId)
      .abort()
      .catch(() => {})
  if ((await findBlob(blobs, row.sha256))?.key !== key) await blobs.delete(key)
  await forgetChunks(db, row.uploadId)
}

export async function forgetChunks(db: D1Database, uploadId: string): Promise<void> {
  await drizzle(db).delete(uploadChunks).where(eq(uploadChunks.uploadId, uploadId))
}
