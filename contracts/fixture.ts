/** A chain of its own for each test of deployments, people on it, and the terms that they deploy with. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  type Account,
  type Chain,
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  toHex,
} from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { anvilBinary } from './foundry.ts'
import type { Terms } from './plan.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
export const person = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })
const [deployer, owner, treasury] = [person(0), person(8), person(9)]

/** Anvil on a free port; what it is started with beyond that is the test's matter. */
export async function startAnvil(chain: Chain = foundry, args: readonly string[] = []) {
  const all = ['--port', '0', '--mnemonic', MNEMONIC, '--chain-id', String(chain.id), ...args]
  const child = spawn(anvilBinary(), all, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /Listening on (\S+)/.exec(line)?.[1]
    if (!found) continue
    child.stdout.resume()
    const stop = async () => {
      child.kill()
      await once(child, 'exit')
    }
    const url = `http://${found}`
    return { url, stop, ...clientsOf(url, chain) }
  }
  throw new Error('anvil ended before it listened')
}

export type Anvil = Awaited<ReturnType<typeof startAnvil>>

function clientsOf(url: string, chain: Chain) {
  const options = { chain, transport: http(url), pollingInterval: 20, cacheTime: 0 } as const
  return {
    publicClient: createPublicClient(options),
    testClient: createTestClient({ ...options, mode: 'anvil' }),
    walletOf: <A extends Account>(account: A) => createWalletClient({ ...options, account }),
  }
}

export const keyNode = (n: number) => ({
  endpoint: `https://key-${n}.example`,
  verificationKey: toHex(new Uint8Array(48).fill(n)),
  nodeAddress: toHex(n, { size: 20 }),
  ip: 0xcb007100 + n,
  port: 7470 + n,
})

/** Terms as for a public chain. */
export const publicTerms: Terms = {
  owner: owner.address,
  treasury: treasury.address,
  slashedTo: treasury.address,
  protocolFeeBps: 250,
  minimumBondAtomic: 100_000_000n,
  keyNetwork: { nodes: [1, 2, 3].map(keyNode), threshold: 2, networkKey: `0x${'ab'.repeat(48)}` },
  metadataBase: 'https://edge.example',
  accountCodeHashes: [toHex(7, { size: 32 })],
}

export const people = { deployer, owner, treasury }
