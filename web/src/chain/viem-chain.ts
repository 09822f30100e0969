/** The chain as viem and wallets know it: by its id, its endpoints, and the batching contract that stands on it. */
import { Problem } from '@grimoire/schema/problem'
import { type Chain, defineChain, http, type Transport } from 'viem'
import { isPlay, type Network } from './network.ts'

export function chainOf(network: Network): Chain {
  const { addresses, rpcUrls } = network
  return defineChain({
    id: addresses.chainId,
    name: isPlay(network) ? 'Grimoire devnet' : `Chain ${addresses.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: rpcUrls } },
    contracts: { multicall3: { address: addresses.multicall3 } },
  })
}

export function transportOf({ rpcUrls }: Network): Transport {
  const [url] = rpcUrls
  if (url) return http(url, { retryCount: 1 })
  throw new Problem('chain_unreachable', {
    got: 'an edge that names no endpoint of its chain',
    expected: 'PAGE_RPC_URLS in the settings of the edge',
  })
}

/** Blocks of a play chain come each second; elsewhere asking more often only costs. */
export const pollingMs = (network: Network): number => (isPlay(network) ? 300 : 2_000)
