/** A chunk arrives: its hash is checked before the store sees it, and one request at a time writes its place. */
import { hexOfBytes } from '@grimoire/schema/cid'
import { leafDigests } from '@grimoire/schema/file-dag'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { chunkCount, chunkLength } from '@grimoire/schema/upload'
import { sha256Of } from '../digest.ts'
import { nowSeconds } from '../now.ts'
import { readAtMost } from './blobs.ts'
import { busy, multipartOf, type UploadRow } from './uploads.ts'

/** After this a request that was storing a chunk is taken for dead. */
const CLAIM_SECONDS = 30

type Store = { db: D1Database; blobs: R2Bucket }
type Arriving = { chunk: number; sha256: string; body: ReadableStream<Uint8Array> }

/** Stores it, or finds that it is there. Bytes of another size or hash than were told change nothing. */
export async function storeChunk(
  store: Store,
  row: UploadRow,
  { chunk, sha256, body }: Arriving,
): Promise<{ created: boolean }> {
  const chunks = chunkCount(row.sizeBytes, row.chunkBytes)
  if (chunk >= chunks)
    throw new Problem('request_invalid', { param: 'chunk', got: chunk, expected: `0 to ${chunks - 1}` })
  if (row.state !== 'open') throw new Problem('upload_closed', { got: row.state })
  if (await isThere(store.db, row.uploadId, chunk, sha256)) {
    await body.cancel()
    return { created: false }
  }
  const bytes = await checked(body, chunkLength(row, chunk), sha256)
  const claim = await claimPlace(store.db, row.uploadId, chunk, sha256)
  // Somebody has stored the same bytes meanwhile.
  if (claim === null) return { created: false }
  try {
    const { etag } = await (await multipartOf(store, row)).uploadPart(chunk + 1, bytes)
    await record(store.db, row.uploadId, { chunk, sha256, etag, claim, leaves: await leafDigests(bytes) })
  } catch (cause) {
    await store.db
      .prepare('DELETE FROM upload_chunks WHERE upload_id = ? AND chunk = ? AND claim = ? AND etag IS NULL')
      .bind(row.uploadId, chunk, claim)
      .run()
    // Not ours: the upload was given up meanwhile, or the store could not take it just now.
    throw isProblem(cause) ? cause : busy(cause)
  }
  return { created: true }
}

async function isThere(db: D1Database, uploadId: string, chunk: number, sha256: string): Promise<boolean> {
  const found = await db
    .prepare(
      'SELECT 1 FROM upload_chunks WHERE upload_id = ? AND chunk = ? AND sha256 = ? AND etag IS NOT NULL',
    )
    .bind(uploadId, chunk, sha256)
    .first()
  return found !== null
}

/** The whole chunk in memory, once it is known to be what it should be. */
async function checked(
  body: ReadableStream<Uint8Array>,
  expectedBytes: number,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readAtMost(body, expectedBytes).catch(cause => {
    throw new Problem('chunk_size_wrong', { got: 'a body that broke off', cause })
  })
  if (bytes?.length !== expectedBytes)
    throw new Problem('chunk_size_wrong', {
      got: bytes ? `${bytes.length} bytes` : `more than ${expectedBytes} bytes`,
      expected: `${expectedBytes} bytes`,
    })
  const got = await sha256Of(bytes)
  if (got !== sha256) throw new Problem('hash_mismatch', { got, expected: sha256 })
  return bytes
}

/** Null when the same bytes are there; refused while another request holds the place. */
async function claimPlace(
  db: D1Database,
  uploadId: string,
  chunk: number,
  sha256: string,
): Promise<string | null> {
  const claim = crypto.randomUUID()
  const won = await db
    .prepare(
      `INSERT INTO upload_chunks (upload_id, chunk, claim, claimed_at) SELECT ?1, ?2, ?3, ?4
       FROM uploads WHERE upload_id = ?1 AND state = 'open'
       ON CONFLICT (upload_id, chunk) DO UPDATE SET claim = ?3, claimed_at = ?4, etag = NULL, sha256 = NULL
       WHERE CASE WHEN etag IS NULL THEN claimed_at < ?4 - ${CLAIM_SECONDS} ELSE sha256 <> ?5 END
       RETURNING claim`,
    )
    .bind(uploadId, chunk, claim, nowSeconds(), sha256)
    .first()
  if (won) return claim
  if (await isThere(db, uploadId, chunk, sha256)) return null
  throw busy(undefined, `chunk ${chunk}`)
}

type Stored = { chunk: number; sha256: string; etag: string; claim: string; leaves: Uint8Array }

/** Only whoever still holds the place is heard: the store keeps the last that it was given. */
async function record(db: D1Database, uploadId: string, stored: Stored): Promise<void> {
  const { chunk, sha256, etag, claim, leaves } = stored
  const [kept] = await db.batch([
    db
      .prepare(
        `UPDATE upload_chunks SET sha256 = ?, etag = ?, leaves = ?
         WHERE upload_id = ? AND chunk = ? AND claim = ? RETURNING chunk`,
      )
      .bind(sha256, etag, hexOfBytes(leaves), uploadId, chunk, claim),
    db.prepare('UPDATE uploads SET touched_at = ? WHERE upload_id = ?').bind(nowSeconds(), uploadId),
  ])
  if (kept?.results.length !== 1) throw busy(undefined, `chunk ${chunk}`)
}
