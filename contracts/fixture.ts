/** A chain of its own for each test of deployments, people on it, and the terms that they deploy with. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'
import {
  type Account,
  type Chain,
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  toHex,
} from 'viem'
import { deployContract } from './creation.ts'
import { installSettlement } from './deploy.ts'
import type { Request } from './deploy-command.ts'
import { publicFiles } from './deployments.ts'
import { DEVNET_MNEMONIC, devnetAccount } from './devnet-accounts.ts'
import { devnetChain } from './devnet-chain.ts'
import { anvilBinary } from './foundry.ts'
import { moneyAbi, moneyBytecode } from './generated/money.ts'
import { NETWORKS, type Network } from './networks.ts'
import type { Terms } from './plan.ts'
import { termsText } from './terms.ts'

export const person = devnetAccount
const [deployer, stranger, owner, treasury] = [person(0), person(7), person(8), person(9)]

/** Anvil on a free port; what it is started with beyond that is the test's matter. */
export async function startAnvil(chain: Chain = devnetChain, args: readonly string[] = []) {
  const all = ['--port', '0', '--mnemonic', DEVNET_MNEMONIC, '--chain-id', String(chain.id), ...args]
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

export const people = { deployer, stranger, owner, treasury }

/** Money that speaks USDC's tongue, at USDC's address. */
async function placeMoney({ publicClient, testClient, walletOf }: Anvil, { money }: Network): Promise<void> {
  assert.ok(money)
  const walletClient = walletOf(deployer)
  const creation = { abi: moneyAbi, bytecode: moneyBytecode }
  const { address } = await deployContract({ publicClient, walletClient }, 'TestMoney', creation)
  const bytecode = await publicClient.getCode({ address })
  assert.ok(bytecode)
  await testClient.setCode({ address: money, bytecode })
}

/** A chain with a public chain's id and all that is given there. */
export async function startPublic({ chain, ...rest }: Network): Promise<Anvil> {
  const anvil = await startAnvil(chain)
  await installSettlement({ ...anvil, walletClient: anvil.walletOf(deployer) })
  await placeMoney(anvil, { chain, ...rest })
  return anvil
}

type Place = { request: Request; said: string[]; folder: string; termsPath: string }

/** A request from a folder of its own, with these terms in a file. */
export function place({ url }: Anvil, terms: Terms, of: Network = NETWORKS['base-sepolia']): Place {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-deploy-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const termsPath = join(folder, 'given.json')
  writeFileSync(termsPath, termsText(terms))
  const said: string[] = []
  const files = publicFiles(of.chain.id, folder)
  const request = { network: of, rpcUrl: url, files, termsPath, say: (line: string) => said.push(line) }
  return { request, said, folder, termsPath }
}

export const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => assert.fail('it was not refused'),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

/** The command as people run it. */
export function startMain(args: readonly string[]) {
  const path = join(import.meta.dirname, 'deploy-main.ts')
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (output.out += data))
  child.stderr.on('data', (data: Buffer) => (output.err += data))
  return { child, output }
}
