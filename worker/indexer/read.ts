/** Reads a stretch of the chain from one endpoint, and refuses what contradicts itself. */
import type { Hex, Log } from 'viem'
import type { Settings } from '../env.ts'
import { bloomSays } from './bloom.ts'
import type { Block } from './commit.ts'
import { type Endpoint, type Header, headerAt } from './endpoints.ts'
import { type Fact, factsOf } from './facts.ts'
import type { Place } from './place.ts'

/** Below finality the chain is read in ranges of this many blocks, fewer when an endpoint finds them too many. */
export const RANGE_BLOCKS = 2_000
/** Above it one by one, so many in one commit. */
const BLOCKS_PER_COMMIT = 16
/** Each block whose logs do not say their second is asked for by itself, and a run may ask only so often. */
const MAX_HEADERS = 200
/** So many are folded at once: with their rows they have to fit into an isolate's memory. */
const MAX_LOGS = 5_000

/** `kept`: blocks that a reorganisation may be walked back to; none below finality. */
export type Stretch = { to: Block; facts: Fact[]; logs: Log[]; kept: Header[] }
/** The endpoint says two things that cannot both be: what, in words that follow its name. */
export class Contradiction extends Error {}

export const sourcesOf = ({ ADDRESSES }: Settings): Hex[] => [
  ADDRESSES.works,
  ADDRESSES.operators,
  ADDRESSES.admissions,
]

/** Above finality: each block's logs are asked for by the block's hash, so no answer can belong to another branch. */
export async function readBlocks(
  endpoint: Endpoint,
  settings: Settings,
  place: Place,
  head: Header,
): Promise<Stretch> {
  const last = Math.min(head.number, place.number + BLOCKS_PER_COMMIT)
  const numbers = Array.from({ length: last - place.number }, (_, at) => place.number + 1 + at)
  const kept = await Promise.all(numbers.map(number => headerAt(endpoint, number)))
  let parent = place.hash
  for (const [at, block] of kept.entries()) {
    if (block.number !== numbers[at])
      throw new Contradiction(`answers block ${block.number} for ${numbers[at]}`)
    if (parent !== '' && block.parentHash !== parent)
      throw new Contradiction(`has a block ${block.number} that does not follow block ${block.number - 1}`)
    parent = block.hash
  }
  const logs = (await Promise.all(kept.map(block => logsOf(endpoint, settings, block)))).flat()
  const times = new Map(kept.map(({ number, atSeconds }) => [number, atSeconds]))
  const to = kept.at(-1)
  if (!to) throw new Contradiction('has no block where it said that there is one')
  return { to, kept, logs, facts: factsOf(logs, block => times.get(block) ?? 0) }
}

async function logsOf(endpoint: Endpoint, settings: Settings, block: Header): Promise<Log[]> {
  const address = sourcesOf(settings)
  const blockHash = block.hash as Hex // Safety: viem's block hash.
  const said = bloomSays(block.logsBloom, address)
  const logs = await endpoint.chain.getLogs({ address, blockHash })
  if (logs.some(log => log.blockHash !== block.hash || Number(log.blockNumber) !== block.number))
    throw new Contradiction(`gives logs of another block for block ${block.number}`)
  if (said === 'none' && logs.length > 0)
    throw new Contradiction(`gives logs that block ${block.number} denies in its header`)
  if (said === 'perhaps' && logs.length === 0) await checkReceipts(endpoint, block, address)
  return logs
}

type Receipt = { logs?: { address: string }[] }

/** A filter may say "perhaps" by chance; the receipts know. An endpoint that keeps none cannot be asked. */
async function checkReceipts(endpoint: Endpoint, block: Header, addresses: readonly Hex[]): Promise<void> {
  const ours = new Set(addresses.map(address => address.toLowerCase()))
  const receipts = await endpoint.chain
    .request<{ Method: 'eth_getBlockReceipts'; Parameters: [string]; ReturnType: Receipt[] | null }>({
      method: 'eth_getBlockReceipts',
      params: [block.hash],
    })
    .catch(() => null) // Not every endpoint serves them.
  const held = receipts?.some(({ logs }) => logs?.some(log => ours.has(log.address.toLowerCase())))
  if (held) throw new Contradiction(`leaves out logs of block ${block.number} that its receipts have`)
}

/** Below finality: a range by number. A number for an answer: so many blocks were too many, try with fewer. */
export async function readRange(
  endpoint: Endpoint,
  settings: Settings,
  place: Place,
  { final, range }: { final: number; range: number },
): Promise<Stretch | number> {
  const last = Math.min(final, place.number + range)
  const fewer = Math.max(1, Math.floor(range / 4))
  const [to, logs] = await Promise.all([
    headerAt(endpoint, last),
    endpoint.chain
      .getLogs({
        address: sourcesOf(settings),
        fromBlock: BigInt(place.number + 1),
        toBlock: BigInt(last),
      })
      .catch(error => (range > 1 ? null : Promise.reject(error))),
  ])
  if (logs === null || (logs.length > MAX_LOGS && range > 1)) return fewer
  if (logs.some(log => Number(log.blockNumber) <= place.number || Number(log.blockNumber) > last))
    throw new Contradiction(`gives logs from outside of blocks ${place.number + 1} to ${last}`)
  const times = await timesOf(endpoint, logs, range > 1 ? MAX_HEADERS : Number.POSITIVE_INFINITY)
  if (times === null) return fewer
  return { to, kept: [], logs, facts: factsOf(logs, block => times.get(block) ?? 0) }
}

/** The second of each block that has logs; null when too many would have to be asked for. */
async function timesOf(
  endpoint: Endpoint,
  logs: readonly Log[],
  most: number,
): Promise<Map<number, number> | null> {
  const times = new Map<number, number>()
  const unknown = new Map<number, string | null>()
  for (const { blockNumber, blockTimestamp, blockHash } of logs) {
    const number = Number(blockNumber)
    if (blockTimestamp) times.set(number, Number(blockTimestamp))
    else if (!times.has(number)) unknown.set(number, blockHash)
  }
  if (unknown.size > most) return null
  const headers = await Promise.all([...unknown.keys()].map(number => headerAt(endpoint, number)))
  for (const { number, hash, atSeconds } of headers) {
    if (unknown.get(number) !== hash)
      throw new Contradiction(`gives logs of a block ${number} that it does not have`)
    times.set(number, atSeconds)
  }
  return times
}
