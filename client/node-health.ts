/** What a node says of itself before anyone signs anything for it: its operator, its chain, the models that it runs. */
import { type NodeHealth, nodeHealth } from '@grimoire/schema/node'
import { Problem } from '@grimoire/schema/problem'
import type { Market } from './market.ts'
import { nodeOf } from './read-quote.ts'
import { requestJson } from './transport.ts'

export async function readNodeHealth(market: Market, nodeUrl: string): Promise<NodeHealth> {
  const health = await requestJson(nodeOf(market, nodeUrl), '/health', { schema: nodeHealth })
  const { chainId } = market.addresses
  if (health.chainId === chainId) return health
  throw new Problem('chain_wrong', { got: health.chainId, expected: chainId })
}
