/** A work's parts, each an age file named by the sha256 of its ciphertext; whoever fetches one checks it. */
import { fileDag, leafDigests } from '@grimoire/schema/file-dag'
import type { Manifest, Part, PartRole } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { LEAF_BYTES } from '@grimoire/schema/upload'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex } from '@noble/hashes/utils'
import { Decrypter, Encrypter } from 'age-encryption'

export type PlainPart = { role: PartRole; name: string; mediaType: string; bytes: Uint8Array }
/** Gets the bytes of that name from the edge or any mirror; null when it has none. */
export type FetchBlob = (sha256: string) => Promise<Uint8Array | null>

export const sha256NameOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))

export async function sealPart(
  part: PlainPart,
  recipient: string,
): Promise<{ part: Part; bytes: Uint8Array }> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const bytes = await encrypter.encrypt(part.bytes)
  const { role, name, mediaType } = part
  const hash = sha256NameOf(bytes)
  return {
    part: {
      ...{ role, name, mediaType, sha256: hash },
      ...{ sizeBytes: bytes.length, plainSizeBytes: part.bytes.length },
      ...(await cidOf(bytes)),
    },
    bytes,
  }
}

/** Of a file of several leaves: a gateway cannot be asked for it by its hash alone. */
async function cidOf(sealed: Uint8Array): Promise<{ cid?: string }> {
  if (sealed.length <= LEAF_BYTES) return {}
  const bytes = sealed as Uint8Array<ArrayBuffer> // Safety: age hands out plain buffers.
  return { cid: (await fileDag(await leafDigests(bytes), bytes.length)).cid }
}

/** The ciphertext that the manifest names, or a Problem that says what came instead. */
export async function fetchPart(part: Part, fetchBlob: FetchBlob): Promise<Uint8Array> {
  const missing = { param: part.name, expected: `a blob named ${part.sha256}` }
  const bytes = await fetchBlob(part.sha256).catch(cause => {
    throw cause instanceof Problem ? cause : new Problem('part_missing', { ...missing, cause })
  })
  if (!bytes) throw new Problem('part_missing', missing)
  if (bytes.length < part.sizeBytes)
    throw new Problem('part_truncated', {
      param: part.name,
      got: `${bytes.length} bytes`,
      expected: `${part.sizeBytes}`,
    })
  const hash = sha256NameOf(bytes)
  if (hash !== part.sha256 || bytes.length !== part.sizeBytes)
    throw new Problem('part_hash_mismatch', { param: part.name, got: hash, expected: part.sha256 })
  return bytes
}

export async function openPart(part: Part, sealed: Uint8Array, identity: string): Promise<PlainPart> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const bytes = await decrypter.decrypt(sealed).catch((cause: unknown) => {
    const foreign = cause instanceof Error && cause.message.startsWith('no identity matched')
    throw new Problem(foreign ? 'seal_wrong_key' : 'part_corrupt', { param: part.name, cause })
  })
  if (bytes.length !== part.plainSizeBytes)
    throw new Problem('part_corrupt', {
      param: part.name,
      got: `${bytes.length} bytes`,
      expected: `${part.plainSizeBytes}`,
    })
  return { role: part.role, name: part.name, mediaType: part.mediaType, bytes }
}

export const fetchParts = (manifest: Manifest, fetchBlob: FetchBlob): Promise<Uint8Array[]> =>
  Promise.all(manifest.parts.map(part => fetchPart(part, fetchBlob)))
