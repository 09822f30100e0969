/** The sealed work: a public manifest, its parts under one fresh age identity, and that identity under the Gate's lock. */
import { type Hex, hashToBytes32, sha256Name } from '@grimoire/schema/hex'
import {
  MANIFEST_FORMAT,
  MANIFEST_MAX_BYTES,
  type Manifest,
  manifest,
  manifestBytes,
} from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { utf8ToBytes } from '@noble/hashes/utils'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import type { Access, KeyNetwork } from './network.ts'
import { type FetchBlob, fetchParts, openPart, type PlainPart, sealPart, sha256NameOf } from './parts.ts'
import { RECOVERY_FORMAT, type Recovery } from './recovery.ts'

/** What the creator says of the work; format, parts and seal are ours to add. */
export type ManifestFields = Omit<Manifest, 'format' | 'parts' | 'seal'>

export type SealedWork = {
  manifest: Manifest
  manifestBytes: Uint8Array<ArrayBuffer>
  /** sha256 of the manifest's bytes: its name at any mirror. */
  contentHash: string
  /** The same, as the ledger takes it. */
  contentHashBytes32: Hex
  recovery: Recovery
}

export type SealRequest = { fields: ManifestFields; parts: PlainPart[]; gate: Hex; network: KeyNetwork }

/** Also used to seal the same identity anew: the parts stay as they are. */
export async function sealIdentity(
  request: Omit<SealRequest, 'parts'> & { parts: Manifest['parts']; identity: string },
): Promise<SealedWork> {
  const { fields, gate, network, parts, identity } = request
  const recipient = await identityToRecipient(identity)
  const { workId, chainId, version } = fields
  const wrapped = await network.wrapKey({ workId, chainId, gate, secret: utf8ToBytes(identity) })
  const checked = manifest.safeParse({
    ...fields,
    format: MANIFEST_FORMAT,
    parts,
    seal: { ...wrapped, recipient },
  })
  if (!checked.success) {
    const issue = checked.error.issues[0]
    throw new Problem('manifest_invalid', {
      param: issue?.path.join('.') ?? '',
      detail: issue?.message ?? '',
    })
  }
  const bytes = manifestBytes(checked.data)
  if (bytes.length > MANIFEST_MAX_BYTES)
    throw new Problem('manifest_invalid', {
      got: `${bytes.length} bytes`,
      expected: `at most ${MANIFEST_MAX_BYTES}`,
    })
  const contentHash = sha256NameOf(bytes)
  return {
    manifest: checked.data,
    manifestBytes: bytes,
    contentHash,
    contentHashBytes32: hashToBytes32(contentHash),
    recovery: { format: RECOVERY_FORMAT, chainId, workId, version, contentHash, identity },
  }
}

/** Encrypts the parts under a fresh identity and seals it. Upload `blobs` and the manifest, then create or publish. */
export async function sealWork(
  request: SealRequest,
): Promise<SealedWork & { blobs: Map<string, Uint8Array> }> {
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const blobs = new Map<string, Uint8Array>()
  const parts: Manifest['parts'] = []
  // One after the other: a part may be tens of megabytes.
  for (const plain of request.parts) {
    const sealed = await sealPart(plain, recipient)
    parts.push(sealed.part)
    blobs.set(sealed.part.sha256, sealed.bytes)
  }
  return { ...(await sealIdentity({ ...request, parts, identity })), blobs }
}

/** A manifest fetched from anywhere, once it is the one that the ledger names. */
export function readManifest(bytes: Uint8Array, expectedContentHash: string): Manifest {
  const expected = sha256Name.parse(expectedContentHash.replace(/^0x/, '').toLowerCase())
  if (bytes.length > MANIFEST_MAX_BYTES)
    throw new Problem('manifest_invalid', {
      got: `${bytes.length} bytes`,
      expected: `at most ${MANIFEST_MAX_BYTES}`,
    })
  const got = sha256NameOf(bytes)
  if (got !== expected) throw new Problem('manifest_hash_mismatch', { got, expected })
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Problem('manifest_invalid', { detail: 'It is not JSON.', cause })
  }
  const checked = manifest.safeParse(value)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  throw new Problem('manifest_invalid', { param: issue?.path.join('.') ?? '', detail: issue?.message ?? '' })
}

/** The age identity of a version, from the key network; it has to be the one that the parts were made for. */
export async function unsealIdentity(work: Manifest, network: KeyNetwork, access: Access): Promise<string> {
  const secret = await network.unwrapKey(work.seal, { workId: work.workId, chainId: work.chainId }, access)
  const identity = new TextDecoder().decode(secret)
  secret.fill(0)
  const recipient = await identityToRecipient(identity).catch(() => null)
  if (recipient !== work.seal.recipient)
    throw new Problem('seal_wrong_key', {
      got: recipient ?? 'no age identity',
      expected: work.seal.recipient,
    })
  return identity
}

/** The plain parts of a work: fetched and checked against the manifest while the key network is asked. */
export async function openWork(
  work: Manifest,
  fetchBlob: FetchBlob,
  network: KeyNetwork,
  access: Access,
): Promise<PlainPart[]> {
  const [identity, sealed] = await Promise.all([
    unsealIdentity(work, network, access),
    fetchParts(work, fetchBlob),
  ])
  const opened: PlainPart[] = []
  for (const [position, part] of work.parts.entries()) {
    const bytes = sealed[position]
    if (!bytes) throw new Problem('part_missing', { param: part.name })
    opened.push(await openPart(part, bytes, identity))
  }
  return opened
}
