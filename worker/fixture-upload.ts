/** Uploading by hand, for tests: the calls that a client makes, one by one. */
import { createHash, randomBytes } from 'node:crypto'
import { contentDigest, type Upload, upload } from '@grimoire/schema/upload'
import { json, post } from './fixture.ts'
import type { LocalEdge } from './local.ts'
import { sha256 } from './seed.ts'

export const MIB = 1024 * 1024
export const CHUNK = 5 * MIB

/** Bytes that nobody has sent before. */
export const freshBytes = (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes))

export const pieceOf = (bytes: Uint8Array<ArrayBuffer>, chunk: number) =>
  bytes.subarray(chunk * CHUNK, (chunk + 1) * CHUNK)

export const digestOf = (bytes: Uint8Array) => contentDigest(createHash('sha256').update(bytes).digest())

/** One visitor at one edge. */
export const uploader = (edge: LocalEdge, headers: Record<string, string>) => {
  const ask = (path: string, init: RequestInit = {}) =>
    json(edge, path, { ...init, headers: { ...init.headers, ...headers } })
  const begin = (bytes: Uint8Array<ArrayBuffer>, change = {}) =>
    ask('/v1/uploads', post({ sha256: sha256(bytes), sizeBytes: bytes.length, chunkBytes: CHUNK, ...change }))
  const put = (uploadId: string, chunk: number, bytes: Uint8Array<ArrayBuffer>, digest = digestOf(bytes)) =>
    ask(`/v1/uploads/${uploadId}/chunks/${chunk}`, {
      method: 'PUT',
      body: bytes,
      headers: { 'content-digest': digest },
    })
  const complete = (uploadId: string) => ask(`/v1/uploads/${uploadId}/complete`, { method: 'POST' })
  const look = async (uploadId: string): Promise<Upload> =>
    upload.parse((await ask(`/v1/uploads/${uploadId}`)).body)
  const drop = (uploadId: string) => ask(`/v1/uploads/${uploadId}`, { method: 'DELETE' })
  /** Begun, with all its chunks there. */
  const filled = async (bytes: Uint8Array<ArrayBuffer>, change = {}): Promise<string> => {
    const { uploadId, chunks } = upload.parse((await begin(bytes, change)).body)
    if (uploadId === null) throw new Error('it is there already')
    for (let chunk = 0; chunk < chunks; chunk++) await put(uploadId, chunk, pieceOf(bytes, chunk))
    return uploadId
  }
  return { begin, put, complete, look, drop, filled }
}
