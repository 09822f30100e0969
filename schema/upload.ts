/** Uploads in chunks, as they travel: what is begun, what is there, what became of it. */
import { z } from 'zod'
import { seconds, sha256Name } from './hex.ts'

const MIB = 1024 * 1024

/** Up to this a blob is sent whole, by anybody: a manifest, and a card of usual length. */
export const SMALL_BLOB_BYTES = 128 * 1024
export const UPLOAD_MAX_BYTES = 8 * 1024 * MIB
/** What is hashed as one block of IPFS; chunks are whole numbers of these. */
export const LEAF_BYTES = MIB
/** The store takes no smaller parts, but for the last. */
export const CHUNK_MIN_BYTES = 5 * MIB
/** A chunk is held whole in memory until its hash is known. */
export const CHUNK_MAX_BYTES = 16 * MIB
export const CHUNK_BYTES = 8 * MIB

export const newUpload = z
  .object({
    sha256: sha256Name,
    sizeBytes: z.number().int().min(1).max(UPLOAD_MAX_BYTES),
    chunkBytes: z
      .number()
      .int()
      .min(CHUNK_MIN_BYTES)
      .max(CHUNK_MAX_BYTES)
      .multipleOf(LEAF_BYTES)
      .default(CHUNK_BYTES)
      .meta({ description: 'The size of every chunk but the last: whole MiB, 5 to 16 of them' }),
  })
  .strict()
export type NewUpload = z.infer<typeof newUpload>

/**
 * `open` takes chunks; `checking` has them all and its whole hash is being computed; `stored` is served under its hash;
 * `refused` had another hash, `dropped` was given up: both are gone.
 */
export const UPLOAD_STATES = ['open', 'checking', 'stored', 'refused', 'dropped'] as const

export const upload = z.object({
  uploadId: z.uuid().nullable().meta({ description: 'Null: the blob was there already, nothing is begun' }),
  sha256: sha256Name,
  sizeBytes: z.number().int().min(1),
  chunkBytes: z
    .number()
    .int()
    .meta({ description: 'The size of every chunk but the last, as the upload was begun with' }),
  chunks: z.number().int().min(1).meta({ description: 'How many there are in all' }),
  there: z
    .array(z.number().int().min(0))
    .meta({ description: 'Those that arrived, counted from 0; none of an upload that is over' }),
  state: z.enum(UPLOAD_STATES),
  cid: z.string().nullable().meta({ description: 'Its name on IPFS, once it is stored' }),
  dropsAtSeconds: seconds.nullable().meta({ description: 'When it is dropped unless a chunk arrives' }),
})
export type Upload = z.infer<typeof upload>

export const uploadPlace = z.object({
  uploadId: z.uuid().meta({ description: 'An upload of this wallet, as POST /v1/uploads names it' }),
})

export const uploadChunk = z.object({
  uploadId: z.uuid(),
  chunk: z.number().int().min(0),
  sha256: sha256Name,
  created: z.boolean().meta({ description: 'False: the same bytes were there already' }),
})

export const chunkCount = (sizeBytes: number, chunkBytes: number): number => Math.ceil(sizeBytes / chunkBytes)

/** How many bytes one chunk has: all alike, but for the last. */
export const chunkLength = (
  { sizeBytes, chunkBytes }: { sizeBytes: number; chunkBytes: number },
  chunk: number,
): number => Math.min(chunkBytes, sizeBytes - chunk * chunkBytes)

/** `Content-Digest` of RFC 9530, with the one algorithm that is used here. */
export const contentDigest = (digest: Uint8Array): string =>
  `sha-256=:${btoa(String.fromCharCode(...digest))}:`
