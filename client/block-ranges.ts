/** Looking for an event since a block, however long ago that is, in questions that every endpoint answers. */
import type { Ledger } from './market.ts'

/** Public endpoints refuse ranges of ten thousand blocks. */
const RANGE_BLOCKS = 9_000n

export type BlockRange = { fromBlock: bigint; toBlock: bigint }

/** What `look` finds in the oldest range in which it finds anything; later ones are not asked for. Null without one. */
export async function findSince<T>(
  { publicClient }: Ledger,
  sinceBlock: bigint,
  look: (range: BlockRange) => Promise<T | null>,
  rangeBlocks = RANGE_BLOCKS,
): Promise<T | null> {
  // Not a number that was remembered: what is looked for may be in the newest block.
  const latest = await publicClient.getBlockNumber({ cacheTime: 0 })
  for (let fromBlock = sinceBlock; fromBlock <= latest; fromBlock += rangeBlocks) {
    const end = fromBlock + rangeBlocks - 1n
    const found = await look({ fromBlock, toBlock: end < latest ? end : latest })
    if (found !== null) return found
  }
  return null
}
