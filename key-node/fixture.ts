/** A small real world for tests: a chain, the ledger, three key nodes, accounts, an operator. Nothing in it is a stand-in. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Addresses } from '@grimoire/contracts/addresses'
import { deployLedger } from '@grimoire/contracts/deploy'
import { devnetAccount } from '@grimoire/contracts/devnet-accounts'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { oncePerRun } from '@grimoire/contracts/once'
import { freePorts } from '@grimoire/devnet/ports'
import type { Hex } from '@grimoire/schema/hex'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { terms, termsToChain } from '@grimoire/schema/work'
import { type ManifestFields, type SealedWork, sealWork } from '@grimoire/seal/bundle'
import { makeSessionKey } from '@grimoire/seal/grant'
import { litNetwork } from '@grimoire/seal/lit'
import type { KeyNetwork, SessionKey } from '@grimoire/seal/network'
import type { FetchBlob, PlainPart } from '@grimoire/seal/parts'
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  type HDAccount,
  http,
  type PublicClient,
  type WalletClient,
} from 'viem'
import type { KeyNodeSettings } from './config.ts'
import { type Deal, dealForDevelopment, writeDeal } from './development-dealer.ts'
import { startChain } from './fixture-chain.ts'
import type { LogLine } from './log.ts'
import { type RunningKeyNode, startKeyNode } from './server.ts'

export const PASSPHRASE = 'only for tests'
const LOCALHOST_IP = 0x7f000001
const BOND_ATOMIC = 100_000_000n
const PRICE_ATOMIC = 5_000_000n

const ROLES = [
  'deployer',
  'creator',
  'holder',
  'operator',
  'payment',
  'stranger',
  'otherOperator',
  'otherPayment',
  'treasury',
] as const
export type Role = (typeof ROLES)[number]

export const workTerms = (disclosure: 'sealed' | 'openable') =>
  terms.parse({
    kind: 'chatbot',
    disclosure,
    admission: 'listed',
    editionCap: 100,
    priceAtomic: String(PRICE_ATOMIC),
    resaleRoyaltyBps: 500,
    usageRoyaltyBps: 3_000,
    maxTurnFeeAtomic: '100000',
    maxInputPerMillionBytesAtomic: '1000000',
    maxOutputPerMillionBytesAtomic: '1000000',
  })

export type CreatedWork = SealedWork & {
  blobs: Map<string, Uint8Array>
  workId: string
  salt: Hex
  parts: PlainPart[]
  fetchBlob: FetchBlob
}
type Write = Parameters<WalletClient['writeContract']>[0]

type Dealt = { deal: Deal; files: { name: string; text: string }[] }

/** A passphrase is slow by design, and no test asks who else has these keys. */
const dealt = (): Promise<Dealt> =>
  oncePerRun('deal', async () => {
    const deal = dealForDevelopment({ threshold: 2, total: 3 })
    const folder = mkdtempSync(join(tmpdir(), 'grimoire-deal-'))
    try {
      const paths = writeDeal(deal, folder, PASSPHRASE)
      return { deal, files: paths.map(path => ({ name: basename(path), text: readFileSync(path, 'utf8') })) }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

export class KeyWorld {
  readonly rpcUrl: string
  readonly chainId = devnetChain.id
  readonly publicClient: PublicClient
  readonly accounts: Record<Role, HDAccount>
  readonly folder = mkdtempSync(join(tmpdir(), 'grimoire-keys-'))
  readonly deal: Deal
  readonly log: LogLine[] = []
  readonly operatorKey: SessionKey = makeSessionKey()
  readonly otherOperatorKey: SessionKey = makeSessionKey()
  readonly shareFiles: string[]
  ports: number[] = []
  nodes: (RunningKeyNode | null)[] = []
  readonly #chain: ChildProcess
  #addresses: Addresses | null = null
  readonly #networks: KeyNetwork[] = []
  #salt = 0

  constructor(rpcUrl: string, chain: ChildProcess, { deal, files }: Dealt) {
    this.rpcUrl = rpcUrl
    this.#chain = chain
    this.deal = deal
    this.shareFiles = files.map(({ name, text }) => {
      const path = join(this.folder, name)
      writeFileSync(path, text, { mode: 0o600 })
      return path
    })
    this.publicClient = createPublicClient({
      chain: devnetChain,
      transport: http(rpcUrl),
      cacheTime: 0,
      pollingInterval: 20,
    })
    const entries = ROLES.map((role, addressIndex) => [role, devnetAccount(addressIndex)])
    // Safety: one entry for each role.
    this.accounts = Object.fromEntries(entries) as Record<Role, HDAccount>
  }

  get addresses(): Addresses {
    if (!this.#addresses) throw new Error('deploy() first')
    return this.#addresses
  }

  wallet(role: Role) {
    return createWalletClient({
      account: this.accounts[role],
      chain: devnetChain,
      transport: http(this.rpcUrl),
    })
  }

  /** Sends a transaction as `role` and waits until it stands. */
  async write(role: Role, call: Pick<Write, 'address' | 'abi' | 'functionName' | 'args'>): Promise<void> {
    const hash = await this.wallet(role).writeContract(call as Write) // Safety: the omitted fields have defaults.
    const receipt = await this.publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== 'success') throw new Error(`${call.functionName} reverted`)
  }

  /** One more block, so that what was just done also stands a block back. */
  async confirm(blocks = 1): Promise<void> {
    await createTestClient({ mode: 'anvil', transport: http(this.rpcUrl) }).mine({ blocks })
  }

  async deploy(): Promise<void> {
    this.ports = [...(await freePorts()).keyNodes]
    const nodes = this.deal.shares.map(({ about }, position) => ({
      endpoint: this.nodeUrl(position),
      verificationKey: `0x${about.verificationKey}` as const,
      nodeAddress: devnetAccount(20 + position).address,
      ip: LOCALHOST_IP,
      port: this.ports[position] ?? 0,
    }))
    this.#addresses = await deployLedger({
      publicClient: this.publicClient,
      walletClient: this.wallet('deployer'),
      owner: this.accounts.deployer.address,
      treasury: this.accounts.treasury.address,
      protocolFeeBps: 250,
      minimumBondAtomic: BOND_ATOMIC,
      keyNetwork: { nodes, threshold: 2, networkKey: `0x${this.deal.networkKey}` },
      metadataBase: 'http://127.0.0.1:8787',
    })
  }

  nodeUrl(position: number): string {
    return `http://127.0.0.1:${this.ports[position]}`
  }

  settings(position: number, changes: Partial<KeyNodeSettings> = {}): KeyNodeSettings {
    const { works, operators, gate, keyNetwork } = this.addresses
    return {
      port: this.ports[position] ?? 0,
      chain: { chainId: this.chainId, rpcUrl: this.rpcUrl, works, operators, gate, keyNetwork },
      shareFiles: [this.shareFiles[position] ?? ''],
      domains: ['localhost', '127.0.0.1'],
      limits: { requestsPerSecond: 500, burst: 500, concurrent: 64 },
      ...changes,
    }
  }

  async startNode(position: number, changes: Partial<KeyNodeSettings> = {}): Promise<RunningKeyNode> {
    const log = (line: LogLine): void => void this.log.push(line)
    const node = await startKeyNode(this.settings(position, changes), { passphrase: PASSPHRASE, log })
    this.nodes[position] = node
    return node
  }

  async stopNode(position: number): Promise<void> {
    await this.nodes[position]?.stop()
    this.nodes[position] = null
  }

  network(timeoutMs = 3_000): KeyNetwork {
    const { keyNetwork } = this.addresses
    const network = litNetwork({
      chainId: this.chainId,
      keyNetwork,
      publicClient: this.publicClient,
      timeoutMs,
    })
    this.#networks.push(network)
    return network
  }

  async fund(role: Role, amountAtomic: bigint, spender: Hex): Promise<void> {
    const money = { address: this.addresses.money, abi: moneyAbi } as const
    await this.write(role, {
      ...money,
      functionName: 'mint',
      args: [this.accounts[role].address, amountAtomic],
    })
    await this.write(role, { ...money, functionName: 'approve', args: [spender, amountAtomic] })
  }

  async registerOperator(role: 'operator' | 'otherOperator', bondAtomic = BOND_ATOMIC): Promise<void> {
    const [key, payment] =
      role === 'operator'
        ? [this.operatorKey, 'payment' as const]
        : [this.otherOperatorKey, 'otherPayment' as const]
    const prices = {
      turnFeeAtomic: 1_000,
      inputPerMillionBytesAtomic: 10_000,
      outputPerMillionBytesAtomic: 20_000,
    }
    if (bondAtomic > 0n) await this.fund(role, bondAtomic, this.addresses.operators)
    await this.write(role, {
      address: this.addresses.operators,
      abi: operatorsAbi,
      functionName: 'register',
      args: ['http://127.0.0.1:8080', key.publicKey, this.accounts[payment].address, prices, bondAtomic],
    })
  }

  /** A manifest's fields, but for the work id. */
  fields(disclosure: 'sealed' | 'openable'): Omit<ManifestFields, 'workId'> {
    return {
      chainId: this.chainId,
      works: this.addresses.works,
      version: 1,
      creator: this.accounts.creator.address,
      kind: 'chatbot',
      disclosure,
      title: 'The red tower',
      summary: 'Knows one thing about a tower.',
      tags: ['tower'],
      language: 'en',
      licence: 'CC-BY-4.0',
      base: { name: 'grimoire-demo', sha256: 'ab'.repeat(32) },
    }
  }

  /** Seals two parts and creates the work on the ledger, in the order that a creator does. */
  async createWork(
    disclosure: 'sealed' | 'openable',
    admitted: Hex[] = [this.accounts.operator.address],
    network: KeyNetwork = this.network(),
  ): Promise<CreatedWork> {
    this.#salt += 1
    const salt: Hex = `0x${this.#salt.toString(16).padStart(64, '0')}`
    const creator = this.accounts.creator.address
    const { works, gate } = this.addresses
    const id = await this.publicClient.readContract({
      address: works,
      abi: worksAbi,
      functionName: 'workIdOf',
      args: [creator, salt],
    })
    const workId = String(id)
    const parts: PlainPart[] = [
      {
        role: 'card',
        name: 'card.prompt',
        mediaType: MEDIA_TYPES.promptCard,
        bytes: new TextEncoder().encode('---\nmodel: any\n---\nThe tower is red.'),
      },
      {
        role: 'adapter',
        name: 'tone.gguf',
        mediaType: MEDIA_TYPES.adapter,
        bytes: crypto.getRandomValues(new Uint8Array(40_000)),
      },
    ]
    const sealed = await sealWork({
      fields: { ...this.fields(disclosure), workId },
      parts,
      gate,
      network,
    })
    await this.write('creator', {
      address: works,
      abi: worksAbi,
      functionName: 'create',
      args: [salt, termsToChain(workTerms(disclosure)), [], admitted, sealed.contentHashBytes32],
    })
    return { ...sealed, workId, salt, parts, fetchBlob: async name => sealed.blobs.get(name) ?? null }
  }

  async buy(role: Role, workId: string): Promise<void> {
    const { works } = this.addresses
    await this.fund(role, PRICE_ATOMIC, works)
    await this.write(role, {
      address: works,
      abi: worksAbi,
      functionName: 'mint',
      args: [BigInt(workId), 1n, this.accounts[role].address, PRICE_ATOMIC],
    })
  }

  async openCopy(role: Role, workId: string): Promise<void> {
    await this.write(role, {
      address: this.addresses.works,
      abi: worksAbi,
      functionName: 'openCopy',
      args: [BigInt(workId)],
    })
  }

  async stop(): Promise<void> {
    await Promise.all(this.#networks.map(network => network.close()))
    await Promise.all(this.nodes.map(node => node?.stop()))
    this.#chain.kill('SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Deploys everything and starts three key nodes, two of which open; one operator is bonded. */
export async function startKeyWorld(): Promise<KeyWorld> {
  const { rpcUrl, process } = await startChain(devnetChain.id)
  const world = new KeyWorld(rpcUrl, process, await dealt())
  try {
    await world.deploy()
    await Promise.all([0, 1, 2].map(position => world.startNode(position)))
    await world.registerOperator('operator')
    await world.confirm()
    return world
  } catch (error) {
    await world.stop()
    throw error
  }
}
