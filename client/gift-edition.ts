/** Giving editions away: the owner's own transfer, which pays no royalty since nothing is paid on the ledger. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import type { Market } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export async function giftEdition(
  market: Market,
  { wallet, workId, to, quantity = 1 }: { wallet: Wallet; workId: string; to: Hex; quantity?: number },
): Promise<Sent> {
  const args = [wallet.account.address, to, BigInt(workId), BigInt(quantity), '0x'] as const
  const sent = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'safeTransferFrom', args }),
    what: 'giving an edition',
  })
  await nudgeEdge(market)
  return sent
}
