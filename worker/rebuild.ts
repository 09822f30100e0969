/** A new edge's state from the chain alone: rows from events, blobs from mirrors, and, if wished, held against a known edge. */
import { existsSync, readdirSync } from 'node:fs'
import { hashText } from '@grimoire/schema/columns'
import { Problem } from '@grimoire/schema/problem'
import { type Comparison, compareEdges } from './compare.ts'
import { type LocalEdge, startEdge } from './local.ts'
import { type Fetched, type Mirrors, refetch } from './refetch.ts'
import { type Reposted, repost } from './repost.ts'

export type RebuildOptions = {
  addresses: Record<string, string | number>
  rpcUrls: readonly string[]
  /** A folder that does not exist yet, or is empty. */
  into: string
  mirrors: Mirrors
  ordersFrom?: string | undefined
  /** The folder of a known edge; it may be running. */
  compareWith?: string | undefined
  finalityBlocks?: number | undefined
}
export type Rebuilt = {
  block: number
  seconds: number
  blobs: Fetched
  posted: Reposted | null
  comparison: Comparison | null
}

/** Nobody else writes to this edge. */
const UNLIMITED = 1_000_000
const MAX_BLOB_BYTES = 5_000_000_000
/** A known edge that follows a moving chain is met at one block within a few tries. */
const MEETINGS = 50

type Nudge = { blockNumber: number; headBlockNumber: number | null; reason: string | null }

async function indexToHead(edge: LocalEdge): Promise<number> {
  for (;;) {
    const response = await fetch(`${edge.url}/v1/index`, { method: 'POST' })
    const answer = (await response.json()) as Nudge & { detail?: string } // Safety: our own edge's answer, or its refusal.
    if (!response.ok || answer.reason)
      throw new Problem('chain_unreachable', { detail: answer.reason ?? answer.detail ?? '' })
    if (answer.blockNumber === answer.headBlockNumber) return answer.blockNumber
  }
}

async function columnOf(edge: LocalEdge, query: string): Promise<string[]> {
  const { results } = await (await edge.database()).prepare(query).all()
  return results.map(row => String(row.value))
}

export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { addresses, rpcUrls, into, mirrors, ordersFrom, compareWith, finalityBlocks } = options
  if (existsSync(into) && readdirSync(into).length > 0)
    throw new Problem('usage_invalid', { param: 'into', got: into, expected: 'a new or an empty folder' })
  const startedMs = performance.now()
  const edge = await startEdge({
    ...{ addresses, stateFolder: into, rpcUrl: rpcUrls.join(','), indexEveryMs: 0 },
    ...{ writesPerMinute: UNLIMITED, maxBlobBytes: MAX_BLOB_BYTES },
    ...{ vars: { UNSIGNED_BYTES_PER_DAY: String(Number.MAX_SAFE_INTEGER) } },
    ...(finalityBlocks === undefined ? {} : { finalityBlocks }),
  })
  try {
    await indexToHead(edge)
    const hashes = await columnOf(edge, `SELECT DISTINCT ${hashText('content_hash')} AS value FROM versions`)
    const blobs = await refetch(edge, hashes, mirrors)
    const works = ordersFrom ? await columnOf(edge, 'SELECT work_id AS value FROM works') : []
    const posted = ordersFrom ? await repost(edge, ordersFrom, works) : null
    const comparison = compareWith ? await meet(edge, into, compareWith) : null
    const block = await indexToHead(edge)
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10
    return { block, seconds, blobs, posted, comparison }
  } finally {
    await edge.stop()
  }
}

/** Both have to stand at the same block to be equal. */
async function meet(edge: LocalEdge, into: string, known: string): Promise<Comparison> {
  for (let meeting = 0; meeting < MEETINGS; meeting++) {
    await indexToHead(edge)
    const comparison = compareEdges(into, known)
    if (comparison.block[0] === comparison.block[1]) return comparison
  }
  const { block } = compareEdges(into, known)
  throw new Problem('timed_out', {
    got: `the known edge at block ${block[1]}, this one at ${block[0]}`,
    expected: 'both at one block',
  })
}
