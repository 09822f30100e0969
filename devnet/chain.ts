/** The devnet's chain: anvil, a block every second, its state in one file. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DEVNET_MNEMONIC } from '@grimoire/contracts/devnet-accounts'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { anvilBinary } from '@grimoire/contracts/foundry'
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { Problem } from '@grimoire/schema/problem'
import { createPublicClient, createTestClient, createWalletClient, http, type LocalAccount } from 'viem'
import { type Running, startProcess } from './process.ts'

const START_PATIENCE_MS = 15_000
/** Blocks whose state can still be asked for: key nodes look a few blocks back, nobody looks further. */
const STATES_KEPT = '256'

export type Chain = Running & { rpcUrl: string } & ReturnType<typeof clientsOf>

function clientsOf(rpcUrl: string) {
  const options = { chain: devnetChain, transport: http(rpcUrl), pollingInterval: 100, cacheTime: 0 } as const
  const publicClient = createPublicClient(options)
  const testClient = createTestClient({ ...options, mode: 'anvil' })
  return {
    publicClient,
    testClient,
    walletOf: <A extends LocalAccount>(account: A) => createWalletClient({ ...options, account }),
    /** Set-up mines at once, so that a first start takes seconds; life goes at a block a second. */
    mineAtOnce: async () => {
      await testClient.setIntervalMining({ interval: 0 })
      await testClient.setAutomine(true)
    },
    mineEverySecond: async () => {
      await testClient.setAutomine(false)
      await testClient.setIntervalMining({ interval: 1 })
    },
  }
}

export async function startChain({ port, statePath }: { port: number; statePath: string }): Promise<Chain> {
  mkdirSync(dirname(statePath), { recursive: true })
  const { running } = startProcess({
    name: 'the chain',
    program: anvilBinary(),
    args: [
      ...['--port', String(port), '--host', '127.0.0.1', '--chain-id', String(DEVNET_CHAIN_ID), '--silent'],
      // The file is written every few seconds too, so that a killed devnet loses little.
      ...['--state', statePath, '--state-interval', '5', '--prune-history', STATES_KEPT],
      ...['--mnemonic', DEVNET_MNEMONIC, '--block-time', '1'],
    ],
  })
  const rpcUrl = `http://127.0.0.1:${port}`
  const clients = clientsOf(rpcUrl)
  const deadline = Date.now() + START_PATIENCE_MS
  while (Date.now() < deadline) {
    const height = await clients.publicClient.getBlockNumber().catch(() => null)
    if (height !== null) return { ...running, rpcUrl, ...clients }
    await sleep(50)
  }
  await running.stop()
  throw new Problem('chain_unreachable', {
    got: running.tail() || 'no answer',
    expected: `a chain at ${rpcUrl}`,
  })
}
