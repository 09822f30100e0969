/** A file's blocks as one CAR (version 1), depth first: what an IPFS node takes in as it comes, each block under its own hash. */
import { type Cid, cidBytes } from '@grimoire/schema/cid'
import { varint } from '@grimoire/schema/file-dag'
import { LEAF_BYTES } from '@grimoire/schema/upload'
import { type Found, findBlock, readNode } from './store/dag.ts'

type Store = { db: D1Database; blobs: R2Bucket }

/** `{ roots: [cid], version: 1 }` in CBOR: the same bytes each time but for the name. */
function header(root: Uint8Array): Uint8Array {
  const text = (word: string) => [0x60 + word.length, ...new TextEncoder().encode(word)]
  const link = [0xd8, 0x2a, 0x58, root.length + 1, 0, ...root]
  const cbor = [0xa2, ...text('roots'), 0x81, ...link, ...text('version'), 1]
  return Uint8Array.from([...varint(cbor.length), ...cbor])
}

const frame = (cid: Uint8Array, length: number): Uint8Array =>
  Uint8Array.from([...varint(cid.length + length), ...cid])

function* block(name: Cid, bytes: Uint8Array): Generator<Uint8Array> {
  yield frame(cidBytes(name), bytes.length)
  yield bytes
}

/** The leaves of one node lie in the blob one after the other: one read brings them. */
async function* leaves(blobs: R2Bucket, { bytes }: Found, names: readonly Cid[]): AsyncGenerator<Uint8Array> {
  const { key, offset, length } = bytes
  const object = await blobs.get(key, { range: { offset, length } })
  if (!object) throw new Error(`${key} is gone while it is read`)
  let leaf = new Uint8Array(Math.min(LEAF_BYTES, length))
  let [filled, left, at] = [0, length, 0]
  for await (const chunk of object.body as ReadableStream<Uint8Array>) {
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + leaf.length - filled)
      leaf.set(piece, filled)
      filled += piece.length
      from += piece.length
      const name = names[at]
      if (filled < leaf.length || !name) continue
      yield* block(name, leaf)
      left -= leaf.length
      at += 1
      filled = 0
      leaf = new Uint8Array(Math.min(LEAF_BYTES, left))
    }
  }
}

async function* blocksBelow(store: Store, name: Cid): AsyncGenerator<Uint8Array> {
  const found = await findBlock(store, name)
  if (!found) throw new Error(`the block ${name.sha256} is gone while its file is read`)
  if (name.kind === 'raw') return yield* leaves(store.blobs, found, [name])
  const node = await readNode(store.blobs, name.sha256)
  if (!node) throw new Error(`the node ${name.sha256} is gone while its file is read`)
  yield* block(name, node.block)
  if (node.links.every(link => link.kind === 'raw')) yield* leaves(store.blobs, found, node.links)
  else for (const link of node.links) yield* blocksBelow(store, link)
}

/** `alone`: the named block without what is below it. */
async function* carOf(store: Store, root: Cid, alone: boolean): AsyncGenerator<Uint8Array> {
  yield header(cidBytes(root))
  const node = alone && root.kind === 'node' ? await readNode(store.blobs, root.sha256) : null
  if (node) yield* block(root, node.block)
  else yield* blocksBelow(store, root)
}

/** Made while it is read: never more than a leaf is held. */
export function carStream(store: Store, root: Cid, { alone = false } = {}): ReadableStream<Uint8Array> {
  const chunks = carOf(store, root, alone)
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}
