/** The devnet's three key nodes, threshold two: shares from the development dealer, each node a process of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Addresses } from '@grimoire/contracts/addresses'
import type { KeyNode } from '@grimoire/contracts/deploy'
import { fileOncePerRun } from '@grimoire/contracts/once'
import { dealForDevelopment, writeDeal } from '@grimoire/key-node/development-dealer'
import type { Hex } from '@grimoire/schema/hex'
import { keyNodeAccount } from './accounts.ts'
import { type Running, startService } from './process.ts'

export const THRESHOLD = 2
export const KEY_NODES = 3
const LOOPBACK_IP = 0x7f000001

/** Known to everyone who reads this file: the shares of a devnet protect nothing but the rehearsal. */
const DEVELOPMENT_PASSPHRASE = 'devnet: not a secret'

type Dealt = { networkKey: Hex; verificationKeys: Hex[]; files: string[] }

/** Deals the shares once for a state folder; later starts use the same, or what was sealed could not be opened. */
export function shares(folder: string): Dealt {
  const path = join(folder, 'dealt.json')
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Dealt // Safety: written below.
  const deal = dealForDevelopment({ threshold: THRESHOLD, total: KEY_NODES })
  const dealt: Dealt = {
    networkKey: `0x${deal.networkKey}`,
    verificationKeys: deal.shares.map(({ about }): Hex => `0x${about.verificationKey}`),
    files: writeDeal(deal, folder, DEVELOPMENT_PASSPHRASE),
  }
  writeFileSync(path, JSON.stringify(dealt))
  return dealt
}

/** The registry's rows for these shares on these ports. */
export const registryRows = ({ verificationKeys }: Dealt, ports: readonly number[]): KeyNode[] =>
  verificationKeys.map((verificationKey, index) => {
    const port = ports[index] ?? 0
    return {
      endpoint: `http://127.0.0.1:${port}`,
      verificationKey,
      nodeAddress: keyNodeAccount(index).address,
      ip: LOOPBACK_IP,
      port,
    }
  })

const MAIN = join(import.meta.dirname, '..', 'key-node', 'main.ts')
let program: Promise<string> | null = null

/**
 * In a run of the tests, which starts a hundred key nodes, one file: to look for 850 modules is two fifths of what such a
 * start computes. Everywhere else, and in the key node's own tests, it runs as it is.
 */
function keyNodeProgram(): Promise<string> {
  program ??= fileOncePerRun('key-node.cjs', async () => {
    const { bundleProgram } = await import('@grimoire/worker/bundle-program')
    return bundleProgram(MAIN)
  }).then(path => path ?? MAIN)
  return program
}

export type KeyNodeOptions = {
  index: number
  port: number
  folder: string
  rpcUrl: string
  addresses: Addresses
}

export async function startKeyNodeProcess(options: KeyNodeOptions): Promise<Running & { url: string }> {
  const { index, port, folder, rpcUrl, addresses } = options
  const path = join(folder, `key-node-${index + 1}.json`)
  const { chainId, works, operators, gate, keyNetwork } = addresses
  const chain = { chainId, rpcUrl, works, operators, gate, keyNetwork }
  const shareFiles = [shares(folder).files[index]]
  const publicUrls = [`http://127.0.0.1:${port}`]
  const domains = ['localhost', '127.0.0.1']
  writeFileSync(path, JSON.stringify({ port, chain, shareFiles, publicUrls, domains }))
  return startService({
    name: `key node ${index + 1}`,
    program: process.execPath,
    args: [await keyNodeProgram(), '--config', path],
    env: { GRIMOIRE_KEY_NODE_PASSPHRASE: DEVELOPMENT_PASSPHRASE },
  })
}
