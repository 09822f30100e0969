/** Follows the chain from the cursor to its head, block by block near the head, and walks back when it was reorganised. */
import { Problem } from '@grimoire/schema/problem'
import type { Log, PublicClient } from 'viem'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'
import { type Block, commit, loadRows, type Step, undo } from './commit.ts'
import { type Fact, factsOf } from './facts.ts'
import { apply, rowsOf } from './fold.ts'
import { Image } from './image.ts'
import { halt, note, openPlace, type Place, readPlace } from './place.ts'

/** Below finality the chain is read in ranges of this many blocks, fewer when an endpoint finds them too many. */
const RANGE_BLOCKS = 2_000
/** Above it one by one, so many in one commit. */
const BLOCKS_PER_COMMIT = 16
const HEAD_TAG = 'latest'

export type Follower = { db: D1Database; settings: Settings; lease: string; untilMs: number }
/** The works whose words may have changed: a version was published, or undone. */
export type Followed = { place: Place; touchedWorks: Set<string> }

type Header = Block & { parentHash: string }

export async function follow(follower: Follower): Promise<Followed> {
  const { db, settings, untilMs } = follower
  const touchedWorks = new Set<string>()
  await openPlace(db, settings)
  let range = RANGE_BLOCKS
  for (;;) {
    const place = await standing(db)
    if (place.halted || Date.now() > untilMs) return { place, touchedWorks }
    const head = await header(chainOf(settings), HEAD_TAG)
    if (head.number < place.number) {
      const reason = `The endpoint is at block ${head.number}, the index at ${place.number}: it lags, or the chain was cut.`
      await note(db, reason, head.number)
      return { place: { ...place, head: head.number, reason }, touchedWorks }
    }
    if (!(await stillStands(follower, place, head))) {
      if (!(await walkBack(follower, place, head, touchedWorks)))
        return { place: await standing(db), touchedWorks }
      continue
    }
    if (head.number === place.number) {
      await note(db, null, head.number)
      return { place: { ...place, head: head.number, reason: null }, touchedWorks }
    }
    const final = head.number - settings.FINALITY_BLOCKS
    if (place.number >= final) await advance(follower, place, head, touchedWorks)
    else range = await leap(follower, place, { final, head, range }, touchedWorks)
  }
}

async function standing(db: D1Database): Promise<Place> {
  const place = await readPlace(db)
  if (!place) throw new Problem('internal', { detail: 'The cursor row is gone.' })
  return place
}

async function header(chain: PublicClient, at: number | 'latest'): Promise<Header> {
  const block = await asking(chain.getBlock(at === 'latest' ? { blockTag: at } : { blockNumber: BigInt(at) }))
  const { number, hash, parentHash, timestamp } = block
  return { number: Number(number), hash, parentHash, atSeconds: Number(timestamp) }
}

async function stillStands({ settings }: Follower, place: Place, head: Header): Promise<boolean> {
  if (place.hash === '') return true
  const there = head.number === place.number ? head : await header(chainOf(settings), place.number)
  return there.hash === place.hash
}

/** Finds the youngest kept block that the chain still has. When there is none, more was undone than finality allows. */
async function walkBack(
  { db, settings, lease }: Follower,
  place: Place,
  head: Header,
  touchedWorks: Set<string>,
): Promise<boolean> {
  const kept = await db
    .prepare('SELECT number, hash FROM blocks WHERE number < ? ORDER BY number DESC')
    .bind(place.number)
    .all<{ number: number; hash: string }>()
  for (const { number, hash } of kept.results) {
    const there = await header(chainOf(settings), number)
    if (there.hash !== hash) continue
    const undone = await db
      .prepare(`SELECT key FROM journal WHERE block > ? AND table_name = 'versions'`)
      .bind(number)
      .all<{ key: string }>()
    for (const { key } of undone.results) touchedWorks.add(key.split(' ')[0] ?? '')
    await undo(db, { from: place, to: there, head: head.number, lease })
    return true
  }
  const reason = `Block ${place.number} is no longer ${place.hash}, and the chain agrees with none of the ${kept.results.length} blocks kept before it. Rebuild the index.`
  await halt(db, reason)
  return false
}

/** Above finality: each block's logs are asked for by the block's hash, so no answer can belong to another chain. */
async function advance(follower: Follower, place: Place, head: Header, touchedWorks: Set<string>) {
  const { settings } = follower
  const chain = chainOf(settings)
  const last = Math.min(head.number, place.number + BLOCKS_PER_COMMIT)
  const numbers = Array.from({ length: last - place.number }, (_, at) => place.number + 1 + at)
  const headers = await Promise.all(numbers.map(number => header(chain, number)))
  let parent = place.hash
  for (const block of headers) {
    if (parent !== '' && block.parentHash !== parent) return // Reorganised between two questions: look again.
    parent = block.hash
  }
  const logs = await asking(
    Promise.all(
      headers.map(({ hash }) =>
        chain.getLogs({ address: sources(settings), blockHash: hash as `0x${string}` }),
      ),
    ), // Safety: viem's block hash.
  )
  const to = headers.at(-1)
  if (!to) return
  const times = new Map(headers.map(({ number, atSeconds }) => [number, atSeconds]))
  const facts = factsOf(logs.flat(), block => times.get(block) ?? 0)
  await store(
    follower,
    { from: place, to, head: head.number, lease: follower.lease },
    facts,
    headers,
    touchedWorks,
  )
}

const MAX_HEADERS = 200

type Leap = { final: number; head: Header; range: number }

/** Below finality: ranges by number. Answers the range for the next leap. */
async function leap(
  follower: Follower,
  place: Place,
  { final, head, range }: Leap,
  touchedWorks: Set<string>,
): Promise<number> {
  const { settings } = follower
  const chain = chainOf(settings)
  const last = Math.min(final, place.number + range)
  const to = await header(chain, last)
  let logs: Log[]
  try {
    logs = await chain.getLogs({
      address: sources(settings),
      fromBlock: BigInt(place.number + 1),
      toBlock: BigInt(last),
    })
  } catch (cause) {
    if (range === 1) throw new Problem('chain_unreachable', { cause })
    return Math.max(1, Math.floor(range / 4))
  }
  const blocks = [...new Set(logs.map(log => Number(log.blockNumber)))]
  // Each block that holds a log is asked for by itself, and an invocation may make only so many requests.
  if (blocks.length > MAX_HEADERS && range > 1) return Math.max(1, Math.floor(range / 4))
  const headers = await Promise.all(blocks.map(number => header(chain, number)))
  const known = new Map(headers.map(block => [block.number, block]))
  if (logs.some(log => known.get(Number(log.blockNumber))?.hash !== log.blockHash)) {
    throw new Problem('chain_unreachable', {
      detail: 'The endpoint gave logs of blocks that it does not have.',
    })
  }
  const facts = factsOf(logs, block => known.get(block)?.atSeconds ?? 0)
  await store(
    follower,
    { from: place, to, head: head.number, lease: follower.lease },
    facts,
    [],
    touchedWorks,
  )
  return Math.min(RANGE_BLOCKS, range * 2)
}

const sources = ({ ADDRESSES }: Settings) => [ADDRESSES.works, ADDRESSES.operators, ADDRESSES.admissions]

async function store(
  { db, settings }: Follower,
  step: Step,
  facts: readonly Fact[],
  kept: readonly Block[],
  touchedWorks: Set<string>,
): Promise<void> {
  const image = new Image()
  await loadRows(db, image, facts.flatMap(rowsOf))
  for (const fact of facts) {
    image.enter(fact.block, kept.length > 0)
    apply(image, fact)
  }
  await commit(db, image, step, kept, settings.FINALITY_BLOCKS)
  for (const fact of facts) {
    if (fact.eventName === 'VersionPublished') touchedWorks.add(fact.args.workId.toString())
  }
}
