/** Reading events since a block, however long ago that is, in questions that every endpoint answers. */
import type { Ledger } from './market.ts'

/** Public endpoints refuse ranges of ten thousand blocks, some of far fewer. */
const RANGE_BLOCKS = 9_000n
/** Who refuses so few blocks refuses for another reason. */
const NARROWEST_BLOCKS = 100n
/** Ranges that are asked for at once: more, and public endpoints say that one asks too often. */
const RANGES_AT_ONCE = 4

export type BlockRange = { fromBlock: bigint; toBlock: bigint }
type Read<T> = (range: BlockRange) => Promise<T>
/** The blocks of a first question, and how many such questions are asked at once. */
type Width = { rangeBlocks: bigint; atOnce: number }

function rangesFrom(fromBlock: bigint, latest: bigint, { rangeBlocks, atOnce }: Width): BlockRange[] {
  const ranges: BlockRange[] = []
  for (let start = fromBlock; start <= latest && ranges.length < atOnce; start += rangeBlocks) {
    const end = start + rangeBlocks - 1n
    ranges.push({ fromBlock: start, toBlock: end < latest ? end : latest })
  }
  return ranges
}

/**
 * What is read, range by range, oldest first; what is refused is asked for again in narrower ranges. Endpoints have as
 * many words for "too wide" as there are endpoints: what is wrong otherwise is refused at any width.
 */
async function* readRanges<T>(sinceBlock: bigint, latest: bigint, width: Width, read: Read<T>) {
  let { rangeBlocks, atOnce } = width
  for (let start = sinceBlock; start <= latest; ) {
    const ranges = rangesFrom(start, latest, { rangeBlocks, atOnce })
    try {
      yield* await Promise.all(ranges.map(read))
      start += rangeBlocks * BigInt(ranges.length)
    } catch (error) {
      if (rangeBlocks <= NARROWEST_BLOCKS) throw error
      const half = rangeBlocks / 2n
      rangeBlocks = half < RANGE_BLOCKS ? half : RANGE_BLOCKS
    }
  }
}

/** Not a number that was remembered: what is looked for may be in the newest block. */
const latestOf = ({ publicClient }: Ledger) => publicClient.getBlockNumber({ cacheTime: 0 })

/** What `look` finds in the oldest range in which it finds anything; later ones are not asked for. Null without one. */
export async function findSince<T>(
  ledger: Ledger,
  sinceBlock: bigint,
  look: Read<T | null>,
  rangeBlocks = RANGE_BLOCKS,
): Promise<T | null> {
  const latest = await latestOf(ledger)
  for await (const found of readRanges(sinceBlock, latest, { rangeBlocks, atOnce: 1 }, look)) {
    if (found !== null) return found
  }
  return null
}

/** All that `read` finds since a block, oldest first: in one question where the endpoint answers it. */
export async function readSince<T>(ledger: Ledger, sinceBlock: bigint, read: Read<T[]>): Promise<T[]> {
  const latest = await latestOf(ledger)
  const all: T[] = []
  const width = { rangeBlocks: latest - sinceBlock + 1n, atOnce: RANGES_AT_ONCE }
  for await (const found of readRanges(sinceBlock, latest, width, read)) all.push(...found)
  return all
}
