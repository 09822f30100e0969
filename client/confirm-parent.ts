/** A parent's creator confirms a child that names their work; until then the relation is shown as claimed. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import type { Market } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export async function confirmParent(
  market: Market,
  { wallet, childId, parentId }: { wallet: Wallet; childId: string; parentId: string },
): Promise<Sent> {
  const args = [BigInt(childId), BigInt(parentId)] as const
  const sent = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'confirmParent', args }),
    what: 'confirming a parent',
  })
  await nudgeEdge(market)
  return sent
}
