/** The chain as a command asks it: reachable, and the one on which the configured ledger stands. */
import { checkChain, type Ledger } from '@grimoire/client/market'
import { createPublicClient, http } from 'viem'
import { chainOf } from '../admission/ledger.ts'
import type { FileConfig } from '../config.ts'

export type OperatorsLedger = Ledger

export async function chainFor({
  rpcUrl,
  addresses,
}: Pick<FileConfig, 'rpcUrl' | 'addresses'>): Promise<Ledger> {
  const publicClient = createPublicClient({
    chain: chainOf(addresses.chainId, rpcUrl),
    transport: http(rpcUrl, { batch: true, retryCount: 1, timeout: 10_000 }),
    pollingInterval: 250,
    cacheTime: 0,
    ccipRead: false,
  })
  const ledger = { addresses, publicClient }
  await checkChain(ledger)
  return ledger
}
