/** The market as the client knows it: opened on first need, and only for the chain that the edge has named. */
import { openKeyNetwork } from '@grimoire/client/key-network'
import { checkChain, createMarket, type Market } from '@grimoire/client/market'
import { createPublicClient } from 'viem'
import { type Network, readNetwork } from './network.ts'
import { chainOf, pollingMs, transportOf } from './viem-chain.ts'

let opened: Promise<Market> | null = null

async function open(network: Network): Promise<Market> {
  const publicClient = createPublicClient({
    chain: chainOf(network),
    transport: transportOf(network),
    pollingInterval: pollingMs(network),
    // Each block may change what is true; a cached height would show a sold edition as one's own.
    cacheTime: 0,
    batch: { multicall: true },
  })
  const { addresses } = network
  const market = createMarket({
    addresses,
    publicClient,
    edgeUrl: location.origin,
    keyNetwork: openKeyNetwork({ addresses, publicClient }),
  })
  await checkChain(market)
  return market
}

export function openMarket(): Promise<Market> {
  opened ??= readNetwork()
    .then(open)
    .catch(error => {
      opened = null
      throw error
    })
  return opened
}
