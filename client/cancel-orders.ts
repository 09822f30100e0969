/** Taking listings and offers back before they are filled: only the ledger can, since a signature cannot be unsigned. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { encodeFunctionData, type Hex } from 'viem'
import { nudgeEdge } from './edge.ts'
import type { Market } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

async function send(market: Market, wallet: Wallet, data: Hex): Promise<Sent> {
  const sent = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data,
    what: 'cancelling orders',
  })
  await nudgeEdge(market)
  return sent
}

/** Cancels the wallet's listings and offers with these nonces, one or many. */
export const cancelOrders = (
  market: Market,
  { wallet, nonces }: { wallet: Wallet; nonces: readonly (string | bigint)[] },
): Promise<Sent> => {
  const args = [nonces.map(BigInt)] as const
  return send(market, wallet, encodeFunctionData({ abi: worksAbi, functionName: 'cancel', args }))
}

/** Cancels every listing and offer that the wallet ever signed, also those that it has forgotten. */
export const cancelAllOrders = (market: Market, { wallet }: { wallet: Wallet }): Promise<Sent> =>
  send(market, wallet, encodeFunctionData({ abi: worksAbi, functionName: 'cancelAll' }))
