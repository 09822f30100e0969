/** A parent's creator confirms a child that names their work; until then the relation is shown as claimed. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { encodeFunctionData } from 'viem'
import { sendAndNudge } from './edge.ts'
import type { Market } from './market.ts'
import type { Sent, Wallet } from './wallet.ts'

export async function confirmParent(
  market: Market,
  { wallet, childId, parentId }: { wallet: Wallet; childId: string; parentId: string },
): Promise<Sent> {
  const args = [BigInt(childId), BigInt(parentId)] as const
  return sendAndNudge(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'confirmParent', args }),
    what: 'confirming a parent',
  })
}
