/** The edge's database, third part: uploads under way, and which bytes of which blob an IPFS block is. */
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { hashBytes } from './columns.ts'

/** Kept for a day after its end: a wallet's bytes of a day are the sum of these. */
export const uploads = sqliteTable(
  'uploads',
  {
    uploadId: text('upload_id').primaryKey(),
    wallet: text('wallet').notNull(),
    sha256: text('sha256').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    chunkBytes: integer('chunk_bytes').notNull(),
    /** What the store calls it. */
    multipartId: text('multipart_id'),
    state: text('state').notNull(),
    /** Who is putting it together, and since when. */
    claim: text('claim'),
    claimedAtSeconds: integer('claimed_at').notNull(),
    createdAtSeconds: integer('created_at').notNull(),
    touchedAtSeconds: integer('touched_at').notNull(),
    cid: text('cid'),
  },
  t => [
    uniqueIndex('uploads_under_way')
      .on(t.wallet, t.sha256, t.sizeBytes)
      .where(sql`state IN ('open', 'checking')`),
    index('uploads_by_wallet').on(t.wallet, t.createdAtSeconds),
    index('uploads_by_touch').on(t.state, t.touchedAtSeconds),
  ],
)

/** A chunk is there when it has an etag; until then a request is at work on it. */
export const uploadChunks = sqliteTable(
  'upload_chunks',
  {
    uploadId: text('upload_id').notNull(),
    chunk: integer('chunk').notNull(),
    sha256: text('sha256'),
    etag: text('etag'),
    /** The hashes of its leaves, one after the other, in hex. */
    leaves: text('leaves'),
    claim: text('claim').notNull(),
    claimedAtSeconds: integer('claimed_at').notNull(),
  },
  t => [primaryKey({ columns: [t.uploadId, t.chunk] })],
)

/** Leaves of files that have more than one: the block of that hash is the `leaf`-th MiB of the blob. @public drizzle-kit reads it */
export const dagLeaves = sqliteTable('dag_leaves', {
  digest: text('digest').primaryKey(),
  sha256: text('sha256').notNull(),
  leaf: integer('leaf').notNull(),
})

/** What came unsigned from one network in one day; the network is kept as a hash, and not for longer. @public drizzle-kit reads it */
export const unsignedBytes = sqliteTable(
  'unsigned_bytes',
  {
    day: integer('day').notNull(),
    network: text('network').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
  },
  t => [primaryKey({ columns: [t.day, t.network] })],
)

/** Manifests that versions name (a trigger on `versions` notes them), and the parts that these name: those are not swept. @public drizzle-kit reads it */
export const namedBlobs = sqliteTable('named_blobs', { sha256: hashBytes('sha256').primaryKey() })

/** Blobs that were sent again after they had come: kept as if they were new. @public drizzle-kit reads it */
export const blobTouches = sqliteTable('blob_touches', {
  sha256: text('sha256').primaryKey(),
  atSeconds: integer('at').notNull(),
})

/** How far the sweep of the store has come: one row. @public drizzle-kit reads it */
export const blobSweep = sqliteTable('blob_sweep', {
  id: integer('id').primaryKey(),
  versionRow: integer('version_row').notNull(),
  page: text('page'),
  restsUntilSeconds: integer('rests_until').notNull(),
})
