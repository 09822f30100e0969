/** The market as the client knows it: opened on first need, and only for a chain and a ledger that are what was named. */
import { checkLedger } from '@grimoire/client/check-ledger'
import { createMarket, type Market } from '@grimoire/client/market'
import { readPlace } from '../edge/place.ts'
import { lateKeyNetwork } from './late-key-network.ts'
import { type Network, readNetwork } from './network.ts'
import { createReadingClient } from './reading-client.ts'
import { chainOf, pollingMs, transportOf } from './viem-chain.ts'

let opened: Promise<Market> | null = null

async function open(network: Network): Promise<Market> {
  const publicClient = createReadingClient({
    chain: chainOf(network),
    transport: transportOf(network),
    pollingInterval: pollingMs(network),
  })
  const { addresses } = network
  const market = createMarket({
    addresses,
    publicClient,
    edgeUrl: (await readPlace()).edgeUrl,
    keyNetwork: lateKeyNetwork({ addresses, publicClient }),
  })
  await checkLedger(market)
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
