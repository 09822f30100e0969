/** Which file is the base model, and under which sha256 works know it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'

export type Progress = (progress: { totalSize: number; downloadedSize: number }) => void

/** Whether a model is named by where it is fetched; plain http only from a mirror on this machine. */
export const isRemote = (model: string): boolean =>
  /^(hf:|https:\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])/.test(model)

/** A path, or `hf:<user>/<repo>:<quant>`, which is fetched once into `directory`. */
export async function findModel(model: string, directory: string, onProgress: Progress = () => {}) {
  const path = isRemote(model) ? await download(model, directory, onProgress) : resolve(model)
  const sha256 = await hashOf(path)
  return { path, sha256 }
}

async function download(uri: string, directory: string, onProgress: Progress): Promise<string> {
  await mkdir(directory, { recursive: true })
  const { downloadModel } = await import('./llama.ts')
  return downloadModel(uri, directory, onProgress).catch(cause => {
    throw new Problem('model_file_invalid', { got: uri, expected: 'a GGUF that can be downloaded', cause })
  })
}

/** The file of a model that is downloaded already; null when it is not. */
export async function findDownloaded(model: string, directory: string): Promise<string | null> {
  const { downloadedModel } = await import('./llama.ts')
  return downloadedModel(model, directory).catch(() => null)
}

const sidecar = z.object({
  sha256: sha256Name,
  sizeBytes: z.number(),
  modifiedMs: z.number(),
  changedMs: z.number(),
  inode: z.number(),
})

/** Hashing gigabytes takes a while, so the hash is kept beside the file, for as long as the file stays the same: its time of change, which nobody can set, included. */
async function hashOf(path: string): Promise<string> {
  const file = await stat(path).catch(cause => {
    throw new Problem('model_file_invalid', { got: path, expected: 'a GGUF file that can be read', cause })
  })
  const kept = await readFile(`${path}.sha256.json`, 'utf8')
    .then(JSON.parse)
    .catch(() => null)
  const known = sidecar.safeParse(kept)
  const facts = { sizeBytes: file.size, modifiedMs: file.mtimeMs, changedMs: file.ctimeMs, inode: file.ino }
  if (known.success && isDeepStrictEqual(known.data, { sha256: known.data.sha256, ...facts })) {
    return known.data.sha256
  }
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  const sha256 = hash.digest('hex')
  const note = JSON.stringify({ sha256, ...facts })
  if (file.size > SMALL_BYTES) await writeFile(`${path}.sha256.json`, note).catch(() => {})
  return sha256
}

/** Below this a hash takes less time than is worth a second file. */
const SMALL_BYTES = 256 * 1024 * 1024
