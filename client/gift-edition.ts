/** Giving editions away: the owner's own transfer, which pays no royalty since nothing is paid on the ledger. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export async function giftEdition(
  market: Market,
  { wallet, workId, to, quantity = 1 }: { wallet: Wallet; workId: string; to: Hex; quantity?: number },
): Promise<Sent> {
  const holder = wallet.account.address
  const held = await editionsOf(market, { workId, holder })
  if (held < BigInt(quantity)) throw new Problem('not_holder', { got: held, expected: quantity })
  const args = [holder, to, BigInt(workId), BigInt(quantity), '0x'] as const
  const sent = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'safeTransferFrom', args }),
    what: 'giving an edition',
  })
  await nudgeEdge(market)
  return sent
}
