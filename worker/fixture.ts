/** A small real world for the Worker's tests: a chain with the ledger on it, a few people, and the edge in workerd. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Addresses } from '@grimoire/contracts/addresses'
import { deployLedger } from '@grimoire/contracts/deploy'
import { DEVNET_MNEMONIC, devnetAccount } from '@grimoire/contracts/devnet-accounts'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { anvilBinary } from '@grimoire/contracts/foundry'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { policyAbi } from '@grimoire/contracts/generated/policy'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { createPublicClient, createTestClient, createWalletClient, type Hex, http } from 'viem'
import { checkAnswersOf } from './fixture-answers.ts'
import { type EdgeOptions, type LocalEdge, startEdge } from './local.ts'

const POINT: Hex = `0x${'ab'.repeat(48)}`
export const person = devnetAccount
export type Person = ReturnType<typeof person>

export const people = {
  deployer: person(0),
  creator: person(1),
  holder: person(2),
  stranger: person(3),
  operator: person(4),
  paymentKey: person(5),
  treasury: person(7),
}
export const MINIMUM_BOND_ATOMIC = 100_000_000n

export async function startAnvil() {
  const args = ['--port', '0', '--mnemonic', DEVNET_MNEMONIC]
  const child = spawn(anvilBinary(), args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const at = /Listening on (\S+)/.exec(line)?.[1]
    if (!at) continue
    child.stdout.resume()
    const stop = async () => {
      child.kill()
      await once(child, 'exit')
    }
    return { rpcUrl: `http://${at}`, stop }
  }
  throw new Error('anvil ended before it listened')
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** The edge looks at the chain only when it is asked to, so that a test decides what it has seen. */
export async function startWorld(options: Partial<EdgeOptions> = {}) {
  const chain = await startAnvil()
  const transport = http(chain.rpcUrl)
  const client = { chain: devnetChain, transport, pollingInterval: 20, cacheTime: 0 } as const
  const publicClient = createPublicClient(client)
  const testClient = createTestClient({ ...client, mode: 'anvil' })
  const walletOf = (account: Person) => createWalletClient({ ...client, account })
  const addresses: Addresses = await deployLedger({
    publicClient,
    walletClient: walletOf(people.deployer),
    owner: people.deployer.address,
    treasury: people.treasury.address,
    protocolFeeBps: 250,
    minimumBondAtomic: MINIMUM_BOND_ATOMIC,
    metadataBase: 'http://127.0.0.1:8787',
    keyNetwork: {
      nodes: [
        {
          endpoint: 'http://127.0.0.1',
          verificationKey: POINT,
          nodeAddress: people.deployer.address,
          ip: 1,
          port: 1,
        },
      ],
      threshold: 1,
      networkKey: POINT,
    },
  })
  const stateFolder = mkdtempSync(join(tmpdir(), 'grimoire-edge-'))
  const edgeOptions = { stateFolder, addresses, rpcUrl: chain.rpcUrl, indexEveryMs: 0, ...options }
  const edge = await startEdge(edgeOptions)
  checkAnswersOf(edge.url)
  const stop = async () => {
    await edge.stop()
    await chain.stop()
    rmSync(stateFolder, { recursive: true, force: true })
  }
  return { addresses, publicClient, testClient, walletOf, edge, edgeOptions, rpcUrl: chain.rpcUrl, stop }
}

/** One call of the ledger, mined. */
export function ledgerOf({ addresses, publicClient, walletOf }: World) {
  const mined = async (hash: Hex) => {
    const receipt = await publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`reverted: ${hash}`)
    return receipt
  }
  const targets = {
    works: { address: addresses.works, abi: worksAbi },
    admissions: { address: addresses.admissions, abi: admissionsAbi },
    operators: { address: addresses.operators, abi: operatorsAbi },
    money: { address: addresses.money, abi: moneyAbi },
    policy: { address: addresses.policy, abi: policyAbi },
  }
  return async (
    account: Person,
    target: keyof typeof targets,
    functionName: string,
    args: readonly unknown[],
  ) => {
    const call = { ...targets[target], functionName, args } as Parameters<
      ReturnType<typeof walletOf>['writeContract']
    >[0] // Safety: a test's own call; the ledger refuses a wrong one.
    const sent = walletOf(account)
      .writeContract(call)
      .catch(error => Promise.reject(new Error(`${functionName}: ${String(error).slice(0, 300)}`)))
    return mined(await sent)
  }
}

export async function json(edge: LocalEdge, path: string, init?: RequestInit) {
  const response = await fetch(edge.url + path, init)
  return { status: response.status, headers: response.headers, body: await response.json() }
}

export const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

export const indexNow = (edge: LocalEdge) => json(edge, '/v1/index', { method: 'POST' })

/** Of two long arrays that differ, `deepEqual` makes a list of the differences, for which no memory is enough. */
export function assertSameBytes(got: Uint8Array, expected: Uint8Array, message?: string): void {
  assert.equal(got.length, expected.length, message)
  assert.equal(Buffer.compare(got, expected), 0, message ?? 'bytes of another content')
}
