/** How far an edge is behind the chain, by the chain's own height: an edge that calls itself well may be asleep. */
import { edgeHealth } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import { askEdge } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'

/** An RPC of ours may be a little behind the one that the edge asks. */
const AHEAD_BLOCKS = 5

/** The edge's words, with the lag that this side measured. An edge that knows blocks which are not there yet has lied. */
export async function readEdgeHealth(market: Market) {
  const [told, head] = await Promise.all([
    askEdge(market, 'GET /v1/health', { schema: edgeHealth }),
    market.publicClient.getBlockNumber({ cacheTime: 0 }).catch(error => {
      throw ledgerProblem(error, 'reading the latest block')
    }),
  ])
  const { chainId } = market.addresses
  if (told.chainId !== chainId)
    throw new Problem('edge_lied', { param: 'chainId', got: told.chainId, expected: chainId })
  const headBlock = Number(head)
  if (told.indexedBlock > headBlock + AHEAD_BLOCKS) {
    throw new Problem('edge_lied', {
      param: 'indexedBlock',
      got: told.indexedBlock,
      expected: `at most ${headBlock}`,
    })
  }
  return { ...told, headBlock, lagBlocks: Math.max(0, headBlock - told.indexedBlock) }
}
