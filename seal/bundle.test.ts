/** The sealed bundle, on real key nodes: every change of manifest, part or seal is refused, each with its own error. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CreatedWork, type KeyWorld, startKeyWorld } from '@grimoire/key-node/fixture'
import { manifestBytes } from '@grimoire/schema/manifest'
import { blsEncrypt } from '@lit-protocol/wasm'
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils'
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { openWork, readManifest, sealWork } from './bundle.ts'
import { identityOf } from './condition.ts'
import { makeOpening, makeSessionKey, manifestResource, sessionAccess } from './grant.ts'
import type { Access, KeyNetwork } from './network.ts'
import { sha256NameOf } from './parts.ts'
import { readRecovery, writeRecovery } from './recovery.ts'
import { reseal } from './reseal.ts'

let world: KeyWorld
let network: KeyNetwork
let work: CreatedWork
let access: Access

before(async () => {
  world = await startKeyWorld()
  network = world.network()
  work = await world.createWork('sealed', undefined, network)
  await world.confirm()
  access = await creatorAccess()
})
after(() => world.stop())

async function creatorAccess(manifest = work.manifest): Promise<Access> {
  const sessionKey = makeSessionKey()
  const blockHash = await network.latestBlockHash()
  const grant = await makeOpening({
    signer: world.accounts.creator,
    manifest,
    sessionKey: sessionKey.publicKey,
    blockHash,
  })
  return sessionAccess(grant, sessionKey)
}

/** The first part as `change` makes it. */
const opening = (change: (bytes: Uint8Array) => Uint8Array | null) =>
  openWork(
    work.manifest,
    async name => {
      const bytes = await work.fetchBlob(name)
      return bytes && name === work.manifest.parts[0]?.sha256 ? change(bytes.slice()) : bytes
    },
    network,
    access,
  )

const withSeal = (seal: object) =>
  openWork({ ...work.manifest, seal: { ...work.manifest.seal, ...seal } }, work.fetchBlob, network, access)

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

test('what was sealed opens to the same bytes, names, roles and media types', async () => {
  const parts = await openWork(work.manifest, work.fetchBlob, network, access)
  assert.deepEqual(
    parts.map(part => ({ ...part, bytes: Buffer.from(part.bytes) })),
    work.parts.map(part => ({ ...part, bytes: Buffer.from(part.bytes) })),
  )
})

test('blobs are named by the sha256 of their ciphertext and hold nothing of the plaintext', () => {
  assert.equal(work.blobs.size, work.parts.length)
  for (const [name, bytes] of work.blobs) {
    assert.equal(sha256NameOf(bytes), name)
    assert.ok(!Buffer.from(bytes).includes('The tower is red.'))
  }
  assert.ok(!Buffer.from(work.manifestBytes).includes('AGE-SECRET-KEY'))
})

test('each version has an identity of its own', async () => {
  const { format: _format, parts: _parts, seal: _seal, ...fields } = work.manifest
  const { gate } = world.addresses
  const again = await sealWork({ fields: { ...fields, version: 2 }, parts: work.parts, gate, network })
  assert.notEqual(again.manifest.seal.recipient, work.manifest.seal.recipient)
})

test('a manifest is read only under the hash that the ledger holds', () => {
  assert.deepEqual(readManifest(work.manifestBytes, work.contentHash), work.manifest)
  assert.deepEqual(readManifest(work.manifestBytes, work.contentHashBytes32), work.manifest)
  for (const at of [0, 100, work.manifestBytes.length - 1])
    assert.throws(() => readManifest(flip(work.manifestBytes, at), work.contentHash), {
      code: 'manifest_hash_mismatch',
    })
  assert.throws(() => readManifest(work.manifestBytes.slice(0, -1), work.contentHash), {
    code: 'manifest_hash_mismatch',
  })
})

test('a manifest that has the right hash and the wrong shape is refused as such', () => {
  for (const text of ['{', '{}', '[]', JSON.stringify({ ...work.manifest, format: 'other' })]) {
    const bytes = utf8ToBytes(text)
    assert.throws(() => readManifest(bytes, sha256NameOf(bytes)), { code: 'manifest_invalid' })
  }
  const large = new Uint8Array(70_000)
  assert.throws(() => readManifest(large, sha256NameOf(large)), { code: 'manifest_invalid' })
})

test('a flipped bit anywhere in a part is refused before anything is decrypted', async () => {
  const sizeBytes = work.manifest.parts[0]?.sizeBytes ?? 0
  for (const at of [0, 30, 150, sizeBytes - 1])
    await assert.rejects(
      opening(bytes => flip(bytes, at)),
      { code: 'part_hash_mismatch' },
    )
})

test('a truncated, a missing, a longer and a swapped part each have their own error', async () => {
  await assert.rejects(
    opening(bytes => bytes.slice(0, -1)),
    { code: 'part_truncated' },
  )
  await assert.rejects(
    opening(() => new Uint8Array()),
    { code: 'part_truncated' },
  )
  await assert.rejects(
    opening(() => null),
    { code: 'part_missing' },
  )
  await assert.rejects(
    opening(bytes => new Uint8Array([...bytes, 0])),
    { code: 'part_hash_mismatch' },
  )
  const other = work.manifest.parts[1]?.sha256 ?? ''
  const swapped = await work.fetchBlob(other)
  await assert.rejects(
    opening(() => swapped),
    { code: 'part_hash_mismatch' },
  )
  const failing = openWork(work.manifest, async () => Promise.reject(new Error('offline')), network, access)
  await assert.rejects(failing, { code: 'part_missing' })
})

test('a part that its creator broke before naming it does not decrypt, and says so', async () => {
  const [first, second] = work.manifest.parts
  assert.ok(first && second)
  const bytes = (await work.fetchBlob(first.sha256)) ?? new Uint8Array()
  const broken = flip(bytes, bytes.length - 1)
  const manifest = { ...work.manifest, parts: [{ ...first, sha256: sha256NameOf(broken) }, second] }
  const fetchBlob = async (name: string) => (name === sha256NameOf(broken) ? broken : work.fetchBlob(name))
  await assert.rejects(openWork(manifest, fetchBlob, network, access), { code: 'part_corrupt' })
})

test('a part under another identity is refused as under a wrong key', async () => {
  const [first, second] = work.manifest.parts
  assert.ok(first && second)
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()))
  const foreign = await encrypter.encrypt('x')
  const part = { ...first, sha256: sha256NameOf(foreign), sizeBytes: foreign.length, plainSizeBytes: 1 }
  const fetchBlob = async (name: string) => (name === part.sha256 ? foreign : work.fetchBlob(name))
  await assert.rejects(openWork({ ...work.manifest, parts: [part, second] }, fetchBlob, network, access), {
    code: 'seal_wrong_key',
  })
})

test('a manifest whose recipient is another’s is refused as a wrong key', async () => {
  const recipient = await identityToRecipient(await generateX25519Identity())
  await assert.rejects(withSeal({ recipient }), { code: 'seal_wrong_key' })
})

test('a seal swapped for another secret under the same public identity is refused', async () => {
  const { networkKey } = work.manifest.seal
  const identity = utf8ToBytes(identityOf(manifestResource(work.manifest)))
  const swapped = await blsEncrypt(
    'Bls12381G2',
    hexToBytes(networkKey),
    utf8ToBytes(await generateX25519Identity()),
    identity,
  )
  const ciphertext = Buffer.from(swapped).toString('base64')
  await assert.rejects(withSeal({ ciphertext }), { code: 'seal_altered' })
})

test('a seal with a flipped bit or of no meaning is refused as altered', async () => {
  const bytes = Buffer.from(work.manifest.seal.ciphertext, 'base64')
  for (const at of [1, 60, bytes.length - 1]) {
    const ciphertext = Buffer.from(flip(bytes, at)).toString('base64')
    await assert.rejects(withSeal({ ciphertext }), { code: 'seal_altered' })
  }
  await assert.rejects(withSeal({ ciphertext: 'AAAA' }), { code: 'seal_altered' })
})

test('a seal of another key network or another chain is not even asked about', async () => {
  await assert.rejects(withSeal({ networkKey: 'ab'.repeat(48) }), { code: 'network_key_mismatch' })
  const elsewhere = openWork({ ...work.manifest, chainId: 1 }, work.fetchBlob, network, access)
  await assert.rejects(elsewhere, { code: 'chain_wrong' })
})

test('a recovery file opens with its passphrase only, and holds no identity in the clear', async () => {
  const file = await writeRecovery(work.recovery, 'a long passphrase')
  assert.match(file, /^-----BEGIN AGE ENCRYPTED FILE-----/)
  assert.deepEqual(await readRecovery(file, 'a long passphrase'), work.recovery)
  await assert.rejects(readRecovery(file, 'another passphrase'), { code: 'recovery_wrong_passphrase' })
  await assert.rejects(readRecovery('not an age file', 'x'), { code: 'recovery_invalid' })
  await assert.rejects(writeRecovery(work.recovery, 'short'), { code: 'request_invalid' })
})

test('a work is sealed anew from its recovery file, with the same parts and no plaintext', async () => {
  const { recovery, manifest } = work
  const renewed = await reseal({ recovery, manifest, network, version: 2 })
  assert.deepEqual(renewed.manifest.parts, manifest.parts)
  assert.notEqual(renewed.manifest.seal.ciphertext, manifest.seal.ciphertext)
  assert.notEqual(renewed.contentHash, work.contentHash)
  assert.deepEqual(readManifest(manifestBytes(renewed.manifest), renewed.contentHash), renewed.manifest)
  const parts = await openWork(
    renewed.manifest,
    work.fetchBlob,
    network,
    await creatorAccess(renewed.manifest),
  )
  assert.equal(parts.length, work.parts.length)
})

test('a recovery file of another work, or of another identity, seals nothing', async () => {
  const { recovery, manifest } = work
  const other = reseal({ recovery: { ...recovery, workId: '1' }, manifest, network, version: 2 })
  await assert.rejects(other, { code: 'recovery_invalid' })
  const identity = await generateX25519Identity()
  await assert.rejects(reseal({ recovery: { ...recovery, identity }, manifest, network, version: 2 }), {
    code: 'recovery_invalid',
  })
})
