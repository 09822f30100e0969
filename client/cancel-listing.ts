/** Withdrawing a listing before it is bought: only the ledger can do it, since a signature cannot be unsigned. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import type { Market } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export async function cancelListing(
  market: Market,
  { wallet, nonce }: { wallet: Wallet; nonce: string | bigint },
): Promise<Sent> {
  const sent = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'cancel', args: [BigInt(nonce)] }),
    what: 'cancelling a listing',
  })
  await nudgeEdge(market)
  return sent
}
