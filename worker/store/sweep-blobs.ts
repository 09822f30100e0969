/**
 * Blobs that no work names: gone some days after they came, so that what a creator sent and never minted is not kept for ever.
 * Kept is whatever a version on the ledger names, or named before it was undone, the parts that its manifest names, and what
 * somebody sent again of late. An index that is not at the head of the chain says nothing of what is named, so nothing is
 * dropped then.
 */
import { readCid } from '@grimoire/schema/cid'
import { hashText } from '@grimoire/schema/columns'
import { MANIFEST_MAX_BYTES } from '@grimoire/schema/manifest'
import type { Settings } from '../env.ts'
import { otherLedger, readPlace } from '../indexer/place.ts'
import { parseManifest } from '../indexer/words.ts'
import { nowSeconds } from '../now.ts'
import { blobKey, findBlob, readBlob } from './blobs.ts'
import { dropDag } from './dag.ts'

const DAY_SECONDS = 86_400
const MANIFESTS_AT_ONCE = 50
const BLOBS_AT_ONCE = 500
/** A head that is this near is the head. */
const LAG_TOLERATED_BLOCKS = 10

type Store = { db: D1Database; blobs: R2Bucket }
/** Rows of versions that were read in this round, then pages of the store; then it rests for a day. */
type Place = { versionRow: number; page: string | null; restsUntil: number }

/** Sent again: it is kept as if it had just come. */
export async function touchBlob(db: D1Database, sha256: string): Promise<void> {
  await db
    .prepare(
      'INSERT INTO blob_touches (sha256, at) VALUES (?1, ?2) ON CONFLICT (sha256) DO UPDATE SET at = ?2',
    )
    .bind(sha256, nowSeconds())
    .run()
}

/** Remembers which parts a manifest names. */
export async function noteParts({ db, blobs }: Store, contentHash: string): Promise<void> {
  const bytes = await readBlob(blobs, contentHash, MANIFEST_MAX_BYTES)
  const parts = (bytes && parseManifest(bytes))?.parts ?? []
  if (parts.length === 0) return
  await db
    .prepare(
      'INSERT INTO named_blobs (sha256) SELECT unhex(value) FROM json_each(?) WHERE true ON CONFLICT DO NOTHING',
    )
    .bind(JSON.stringify(parts.map(({ sha256 }) => sha256)))
    .run()
}

async function isAtHead(db: D1Database, settings: Settings): Promise<boolean> {
  const index = await readPlace(db)
  if (index === null || index.head === null || otherLedger(settings, index)) return false
  return !index.halted && index.reason === null && index.head - index.number <= LAG_TOLERATED_BLOCKS
}

async function keepPlace(db: D1Database, { versionRow, page, restsUntil }: Place): Promise<void> {
  await db
    .prepare(
      `INSERT INTO blob_sweep (id, version_row, page, rests_until) VALUES (1, ?1, ?2, ?3)
       ON CONFLICT (id) DO UPDATE SET version_row = ?1, page = ?2, rests_until = ?3`,
    )
    .bind(versionRow, page, restsUntil)
    .run()
}

/** Reads on in the manifests of all versions; answers the place, and whether it has come to the end. */
async function noteManifests(store: Store, place: Place): Promise<{ versionRow: number; ended: boolean }> {
  const { results } = await store.db
    .prepare(
      `SELECT rowid AS row, ${hashText('content_hash')} AS contentHash FROM versions WHERE rowid > ? ORDER BY rowid LIMIT ?`,
    )
    .bind(place.versionRow, MANIFESTS_AT_ONCE)
    .all<{ row: number; contentHash: string }>()
  for (const { contentHash } of results) await noteParts(store, contentHash)
  const versionRow = results.at(-1)?.row ?? place.versionRow
  return { versionRow, ended: results.length < MANIFESTS_AT_ONCE }
}

async function unnamed(db: D1Database, names: readonly string[], since: number): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT value AS name FROM json_each(?1)
       WHERE NOT EXISTS (SELECT 1 FROM named_blobs WHERE sha256 = unhex(value))
       AND NOT EXISTS (SELECT 1 FROM blob_touches WHERE sha256 = value AND at > ?2)`,
    )
    .bind(JSON.stringify(names), since)
    .all<{ name: string }>()
  return results.map(({ name }) => name)
}

/** The name first: nothing may lead to what is half gone. */
async function dropBlob(store: Store, sha256: string): Promise<void> {
  const found = await findBlob(store.blobs, sha256)
  await store.blobs.delete(blobKey(sha256))
  if (!found || found.key === blobKey(sha256)) return
  const cid = found.cid === null ? null : readCid(found.cid)
  if (cid) await dropDag(store, cid, sha256)
  await store.blobs.delete(found.key)
}

/** A step of the round, for the clock. */
export async function sweepBlobs(store: Store, settings: Settings): Promise<void> {
  const { db, blobs } = store
  const place = (await db
    .prepare('SELECT version_row AS versionRow, page, rests_until AS restsUntil FROM blob_sweep')
    .first<Place>()) ?? { versionRow: 0, page: null, restsUntil: 0 }
  const now = nowSeconds()
  if (place.restsUntil > now || !(await isAtHead(db, settings))) return
  const { versionRow, ended } = await noteManifests(store, place)
  if (!ended) return keepPlace(db, { ...place, versionRow })
  const since = now - settings.BLOBS_KEPT_SECONDS
  const from = place.page === null ? {} : { cursor: place.page }
  const listed = await blobs.list({ prefix: blobKey(''), limit: BLOBS_AT_ONCE, ...from })
  const old = listed.objects.filter(({ uploaded }) => Math.floor(uploaded.getTime() / 1000) <= since)
  const names = old.map(({ key }) => key.slice(blobKey('').length))
  for (const name of await unnamed(db, names, since)) {
    // Dropping takes a while: what was named or sent again meanwhile stays.
    if ((await unnamed(db, [name], since)).length > 0) await dropBlob(store, name)
  }
  if (listed.truncated) return keepPlace(db, { versionRow, page: listed.cursor, restsUntil: 0 })
  await db.prepare('DELETE FROM blob_touches WHERE at <= ?').bind(since).run()
  await keepPlace(db, { versionRow: 0, page: null, restsUntil: now + DAY_SECONDS })
}
