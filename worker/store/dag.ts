/** Which bytes a block of IPFS is: nodes are small objects of their own, leaves are stretches of a blob that lies here. */
import type { Cid } from '@grimoire/schema/cid'
import { type DagNode, linksOf, namesOf } from '@grimoire/schema/file-dag'
import { LEAF_BYTES } from '@grimoire/schema/upload'
import type { Stretch } from '../serve-bytes.ts'
import { findBlob } from './blobs.ts'

type Store = { db: D1Database; blobs: R2Bucket }
const LEAVES_PER_STATEMENT = 2_000

const nodeKey = (sha256: string): string => `dag/${sha256}`

/** Before the blob has its name; done twice it is the same. A file of one leaf has that leaf's name, and nothing is kept. */
export async function storeDag(
  { db, blobs }: Store,
  { sha256, leaves, nodes }: { sha256: string; leaves: Uint8Array; nodes: readonly DagNode[] },
): Promise<void> {
  if (nodes.length === 0) return
  const digests = namesOf(leaves)
  for (let from = 0; from < digests.length; from += LEAVES_PER_STATEMENT) {
    await db
      .prepare(
        `INSERT INTO dag_leaves (digest, sha256, leaf)
         SELECT value, ?1, key + ?2 FROM json_each(?3) WHERE true ON CONFLICT DO NOTHING`,
      )
      .bind(sha256, from, JSON.stringify(digests.slice(from, from + LEAVES_PER_STATEMENT)))
      .run()
  }
  for (const node of nodes) {
    const customMetadata = { blob: sha256, offset: String(node.offset), length: String(node.length) }
    const onlyIf = { etagDoesNotMatch: '*' }
    await blobs.put(nodeKey(node.sha256), node.block, { sha256: node.sha256, customMetadata, onlyIf })
  }
}

/** What a name leads to: the file's bytes below it, and for a node the block itself. */
export type Found = { bytes: Stretch; node: Stretch | null }

/** A blob of that hash, a leaf of one, or a node above leaves; null when none of them is here. */
export async function findBlock(store: Store, { kind, sha256 }: Cid): Promise<Found | null> {
  return kind === 'node' ? findNode(store, sha256) : findRaw(store, sha256)
}

async function findRaw({ db, blobs }: Store, sha256: string): Promise<Found | null> {
  const whole = await findBlob(blobs, sha256)
  if (whole) return { bytes: { key: whole.key, offset: 0, length: whole.sizeBytes }, node: null }
  const leaf = await db
    .prepare('SELECT sha256, leaf FROM dag_leaves WHERE digest = ?')
    .bind(sha256)
    .first<{ sha256: string; leaf: number }>()
  const blob = leaf && (await findBlob(blobs, leaf.sha256))
  if (!leaf || !blob) return null
  const offset = leaf.leaf * LEAF_BYTES
  const length = Math.min(LEAF_BYTES, blob.sizeBytes - offset)
  return { bytes: { key: blob.key, offset, length }, node: null }
}

async function findNode({ blobs }: Store, sha256: string): Promise<Found | null> {
  const node = await blobs.head(nodeKey(sha256))
  const { blob: name, offset, length } = node?.customMetadata ?? {}
  const blob = name === undefined ? null : await findBlob(blobs, name)
  if (!node || !blob) return null
  return {
    bytes: { key: blob.key, offset: Number(offset), length: Number(length) },
    node: { key: node.key, offset: 0, length: node.size },
  }
}

/** A node's block, and what it links to. */
export async function readNode(blobs: R2Bucket, sha256: string) {
  const found = await blobs.get(nodeKey(sha256))
  if (!found) return null
  const block = new Uint8Array(await found.arrayBuffer())
  return { block, links: linksOf(block) }
}

/**
 * What is here for the sake of this blob goes with it, and nothing that another blob brought first: two may share
 * stretches, and whoever sends the beginning of a public part again must not take its blocks away.
 */
export async function dropDag({ db, blobs }: Store, { kind, sha256 }: Cid, blob: string): Promise<void> {
  if (kind !== 'node') return
  if ((await blobs.head(nodeKey(sha256)))?.customMetadata?.blob !== blob) return
  const node = await readNode(blobs, sha256)
  for (const link of node?.links ?? []) if (link.kind === 'node') await dropDag({ db, blobs }, link, blob)
  const leaves = (node?.links ?? []).filter(link => link.kind === 'raw').map(link => link.sha256)
  await db
    .prepare('DELETE FROM dag_leaves WHERE digest IN (SELECT value FROM json_each(?1)) AND sha256 = ?2')
    .bind(JSON.stringify(leaves), blob)
    .run()
  await blobs.delete(nodeKey(sha256))
}
