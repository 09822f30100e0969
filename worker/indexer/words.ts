/** The public words of works: a manifest is read from its blob and believed only where the chain says the same. */

import { hashText, hexText } from '@grimoire/schema/columns'
import { sameAddress } from '@grimoire/schema/hex'
import { MANIFEST_MAX_BYTES, type Manifest, manifest } from '@grimoire/schema/manifest'
import type { Settings } from '../env.ts'
import { readBlob } from '../store/blobs.ts'
import { tendWords } from '../store/vocabulary.ts'

/** A work's newest versions that are looked through for a manifest that is there and true. */
const VERSIONS_TRIED = 8
const WORKS_PER_SWEEP = 20

type Known = {
  seq: number
  ordinal: number
  workId: string
  creator: string
  kind: string
  disclosure: string
}
type Stored = { version: number; contentHash: string }
export type Words = { db: D1Database; blobs: R2Bucket; settings: Settings }

/** Null: the blob is not here, or what it says is not what the ledger says of this version of this work. */
async function trueManifest(
  { blobs, settings }: Words,
  work: Known,
  stored: Stored,
): Promise<Manifest | null> {
  const bytes = await readBlob(blobs, stored.contentHash, MANIFEST_MAX_BYTES)
  if (!bytes) return null
  const told = parseManifest(bytes)
  const { chainId, works } = settings.ADDRESSES
  const agrees =
    told !== null &&
    told.chainId === chainId &&
    sameAddress(told.works, works) &&
    told.workId === work.workId &&
    told.version === stored.version &&
    sameAddress(told.creator, work.creator) &&
    told.kind === work.kind &&
    told.disclosure === work.disclosure
  return agrees ? told : null
}

export function parseManifest(bytes: ArrayBuffer): Manifest | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    return manifest.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Reads the words of these works anew: those of the newest version whose manifest is here and true, or none. */
export async function refreshWords(words: Words, workIds: readonly string[]): Promise<void> {
  for (const workId of workIds) {
    const work = await words.db
      .prepare(
        `SELECT seq, ordinal, work_id AS workId, ${hexText('creator')} AS creator, kind, disclosure FROM works WHERE work_id = ?`,
      )
      .bind(workId)
      .first<Known>()
    if (!work) continue
    const { results } = await words.db
      .prepare(
        `SELECT version, ${hashText('content_hash')} AS contentHash FROM versions WHERE work = ? ORDER BY version DESC LIMIT ?`,
      )
      .bind(work.ordinal, VERSIONS_TRIED)
      .all<Stored>()
    await showNewestTrue(words, work, results)
  }
  if (workIds.length > 0) await tendWords(words.db)
}

/** Words depend on nothing but the versions and the blobs as they are now: those that became untrue go. */
async function showNewestTrue(words: Words, work: Known, newestFirst: readonly Stored[]): Promise<void> {
  for (const stored of newestFirst) {
    const found = await trueManifest(words, work, stored)
    if (found) return storeWords(words.db, work.seq, stored, found)
  }
  await words.db.prepare('DELETE FROM texts WHERE seq = ?').bind(work.seq).run()
}

/** Guarded by the work's presence: a reorganisation may have taken it since it was read. */
async function storeWords(db: D1Database, seq: number, stored: Stored, found: Manifest): Promise<void> {
  const columns =
    'seq, content_hash, version, title, summary, tags, language, licence, base_model_name, base_model_sha256, has_adapter'
  const update = columns
    .split(', ')
    .slice(1)
    .map(column => `${column} = excluded.${column}`)
  await db
    .prepare(
      `INSERT INTO texts (${columns}) SELECT seq, unhex(?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, unhex(?10), ?11 FROM works
       WHERE seq = ?1 ON CONFLICT (seq) DO UPDATE SET ${update.join(', ')}
       WHERE excluded.content_hash <> texts.content_hash OR excluded.version <> texts.version`,
    )
    .bind(
      seq,
      stored.contentHash,
      stored.version,
      found.title,
      found.summary,
      JSON.stringify(found.tags),
      found.language,
      found.licence,
      found.base.name,
      found.base.sha256,
      found.parts.some(part => part.role === 'adapter') ? 1 : 0,
    )
    .run()
}

/** After an upload: the work, if any, whose manifest this blob is. Only the one that it names can be meant by it. */
export async function refreshWordsOf(words: Words, contentHash: string): Promise<void> {
  const bytes = await readBlob(words.blobs, contentHash, MANIFEST_MAX_BYTES)
  const told = bytes && parseManifest(bytes)
  if (told) await refreshWords(words, [told.workId])
}

/** The newest works still without the words of their latest version: their blob may have come some other way. */
export async function sweepWords(words: Words): Promise<void> {
  const { results } = await words.db
    .prepare(
      `SELECT w.work_id AS workId FROM (SELECT seq FROM wordless ORDER BY seq DESC LIMIT ?) s
       JOIN works w ON w.seq = s.seq`,
    )
    .bind(WORKS_PER_SWEEP)
    .all<{ workId: string }>()
  await refreshWords(
    words,
    results.map(({ workId }) => workId),
  )
}
