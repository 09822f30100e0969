/** Names on IPFS are those that IPFS's own library gives to the same bytes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '@ipld/dag-pb'
import { importByteStream } from 'ipfs-unixfs-importer'
import { CID } from 'multiformats/cid'
import { create as digest } from 'multiformats/hashes/digest'
import { cidText, hexOfBytes, readCid } from './cid.ts'
import { fileDag, leafDigests, linksOf } from './file-dag.ts'
import { LEAF_BYTES } from './upload.ts'

const PATTERN = Uint8Array.from({ length: 65_536 }, (_, at) => (at * 31 + (at >> 8)) & 255)

function bytesOf(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeBytes)
  for (let at = 0; at < sizeBytes; at += PATTERN.length)
    bytes.set(PATTERN.subarray(0, Math.min(PATTERN.length, sizeBytes - at)), at)
  return bytes
}

/** What IPFS makes of it: every block by its name. */
async function imported(source: AsyncIterable<Uint8Array>) {
  const blocks = new Map<string, Uint8Array>()
  const store = {
    put: async (cid: CID, bytes: Uint8Array) => {
      blocks.set(cid.toString(), bytes)
      return cid
    },
  } as unknown as Parameters<typeof importByteStream>[1] // Safety: the importer of one file only puts.
  const { cid } = await importByteStream(source, store, { profile: 'unixfs-v1-2025' })
  return { cid: cid.toString(), blocks }
}

async function* once(bytes: Uint8Array) {
  yield bytes
}

test('files of one, of several, and of just as many leaves have the names and nodes that IPFS gives them', async () => {
  for (const sizeBytes of [1, LEAF_BYTES, LEAF_BYTES + 1, 3 * LEAF_BYTES, 5 * LEAF_BYTES + 77]) {
    const bytes = bytesOf(sizeBytes)
    const { cid, nodes } = await fileDag(await leafDigests(bytes), sizeBytes)
    const known = await imported(once(bytes))
    assert.equal(cid, known.cid, `${sizeBytes} bytes`)
    for (const { sha256, block } of nodes) {
      const name = cidText({ kind: 'node', sha256 })
      assert.deepEqual(Buffer.from(block), Buffer.from(known.blocks.get(name) ?? []))
      const links = decode(block).Links.map(({ Hash }) => Hash.toString())
      assert.deepEqual(linksOf(block).map(cidText), links)
    }
  }
})

test('a file of two floors of nodes has the name that IPFS gives it', async () => {
  const leaves = 1_026
  const leaf = bytesOf(LEAF_BYTES)
  async function* many() {
    for (let at = 0; at < leaves; at++) yield leaf
  }
  const digest = await leafDigests(leaf)
  const digests = new Uint8Array(leaves * digest.length)
  for (let at = 0; at < leaves; at++) digests.set(digest, at * digest.length)
  const { cid, nodes } = await fileDag(digests, leaves * LEAF_BYTES)
  assert.equal(nodes.length, 3)
  assert.equal(cid, (await imported(many())).cid)
})

test('a name is the one that its library writes, and is read back; other kinds of names are none of ours', () => {
  for (const byte of [0, 7, 255]) {
    const sha256 = hexOfBytes(new Uint8Array(32).fill(byte))
    const multihash = digest(0x12, new Uint8Array(32).fill(byte))
    for (const [kind, codec] of [
      ['raw', 0x55],
      ['node', 0x70],
    ] as const) {
      const text = cidText({ kind, sha256 })
      assert.equal(text, CID.createV1(codec, multihash).toString())
      assert.deepEqual(readCid(text), { kind, sha256 })
    }
    const strange = [
      CID.createV0(multihash),
      CID.createV1(0x71, multihash),
      CID.createV1(0x55, digest(0x13, multihash.digest)),
    ]
    for (const cid of strange) assert.equal(readCid(cid.toString()), null, cid.toString())
  }
  const [text] = [cidText({ kind: 'raw', sha256: 'ab'.repeat(32) })]
  for (const other of ['', 'x', text.toUpperCase(), `${text.slice(0, -1)}${text.at(-1) === 'b' ? 'c' : 'b'}`])
    assert.equal(readCid(other), null, other)
  // `ipfs add --cid-version=1 --raw-leaves` of "hello world".
  const hello = 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'
  assert.equal(
    cidText({ kind: 'raw', sha256: hello }),
    'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
  )
})
