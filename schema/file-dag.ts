/**
 * A large file as IPFS has it (UnixFS in dag-pb, profile `unixfs-v1-2025`): leaves of 1 MiB, at most 1,024 links to a node,
 * balanced. Tests hold names and nodes against IPFS's own importer.
 */
import { type Cid, cidBytes, cidOfBytes, cidText, hexOfBytes } from './cid.ts'
import { LEAF_BYTES } from './upload.ts'

const LINKS_PER_NODE = 1_024
const DIGEST_BYTES = 32

/** A node, and the bytes of the file that are below it. */
export type DagNode = {
  sha256: string
  block: Uint8Array<ArrayBuffer>
  offset: number
  length: number
}
/** `total`: what it weighs with everything below it. */
type Child = { cid: Cid; offset: number; length: number; total: number }

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** The digests of the leaves of one stretch of a file, one after the other. */
export async function leafDigests(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const digests = new Uint8Array(Math.ceil(bytes.length / LEAF_BYTES) * DIGEST_BYTES)
  for (let leaf = 0; leaf * LEAF_BYTES < bytes.length; leaf++) {
    const block = bytes.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES)
    digests.set(await sha256(block), leaf * DIGEST_BYTES)
  }
  return digests
}

/** The digests one by one, as names. */
export const namesOf = (digests: Uint8Array): string[] =>
  Array.from({ length: digests.length / DIGEST_BYTES }, (_, leaf) =>
    hexOfBytes(digests.subarray(leaf * DIGEST_BYTES, (leaf + 1) * DIGEST_BYTES)),
  )

export function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}

/** A field of a protocol buffer that has a length. */
const field = (number: number, bytes: readonly number[]): number[] => [
  (number << 3) | 2,
  ...varint(bytes.length),
  ...bytes,
]

/** UnixFS's own message: a file, its size, and the size below each link. */
const unixFsData = (length: number, children: readonly Child[]): number[] => [
  ...[0x08, 0x02, 0x18],
  ...varint(length),
  ...children.flatMap(child => [0x20, ...varint(child.length)]),
]

/** A link: the name of the block, an empty name of its own, and the weight. */
const linkTo = ({ cid, total }: Child): number[] =>
  field(2, [...field(1, [...cidBytes(cid)]), ...field(2, []), 0x18, ...varint(total)])

async function parentOf(children: readonly Child[]): Promise<{ child: Child; node: DagNode }> {
  const offset = children[0]?.offset ?? 0
  const length = children.reduce((sum, child) => sum + child.length, 0)
  const data = field(1, unixFsData(length, children))
  const block = Uint8Array.from([...children.flatMap(linkTo), ...data])
  const name = hexOfBytes(await sha256(block))
  const total = children.reduce((sum, child) => sum + child.total, block.length)
  return {
    child: { cid: { kind: 'node', sha256: name }, offset, length, total },
    node: { sha256: name, block, offset, length },
  }
}

/** What a node links to, read off its block; only of nodes that were made here. */
export function linksOf(block: Uint8Array): Cid[] {
  const links: Cid[] = []
  // Each link: its tag and its length, of one byte each, then the tag and the length of the name.
  for (let at = 0; block[at] === 0x12; at += 2 + (block[at + 1] ?? 0)) {
    const cid = cidOfBytes(block.subarray(at + 4, at + 40))
    if (cid) links.push(cid)
  }
  return links
}

/** Names the file, and makes the nodes above its leaves; a file of one leaf is that leaf, and has none. */
export async function fileDag(
  leaves: Uint8Array,
  sizeBytes: number,
): Promise<{ cid: string; nodes: DagNode[] }> {
  const nodes: DagNode[] = []
  let level: Child[] = namesOf(leaves).map((name, leaf) => {
    const offset = leaf * LEAF_BYTES
    const length = Math.min(LEAF_BYTES, sizeBytes - offset)
    return { cid: { kind: 'raw', sha256: name }, offset, length, total: length }
  })
  while (level.length > 1) {
    const above: Child[] = []
    for (let at = 0; at < level.length; at += LINKS_PER_NODE) {
      const { child, node } = await parentOf(level.slice(at, at + LINKS_PER_NODE))
      above.push(child)
      nodes.push(node)
    }
    level = above
  }
  const [root] = level
  if (!root) throw new RangeError('a file of no leaves has no name')
  return { cid: cidText(root.cid), nodes }
}
