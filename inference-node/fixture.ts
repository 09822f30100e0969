/** A node among real parts, for tests: chain, ledger, settlement, key nodes, sealed works, and x402's own client to pay with. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { installSettlement } from '@grimoire/contracts/deploy'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type KeyWorld, startKeyWorld } from '@grimoire/key-node/fixture'
import { type Hex, hashToBytes32 } from '@grimoire/schema/hex'
import { type Manifest, MEDIA_TYPES } from '@grimoire/schema/manifest'
import { formatModelId } from '@grimoire/schema/model-id'
import { terms, termsToChain } from '@grimoire/schema/work'
import { sealWork } from '@grimoire/seal/bundle'
import { makeGrant } from '@grimoire/seal/grant'
import type { PlainPart } from '@grimoire/seal/parts'
import { createTestClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { NodeConfig } from './config.ts'
import { randomAdapter, randomBase } from './engine/random-gguf.ts'
import { Payer } from './till/fixture.ts'

type Role = Parameters<KeyWorld['wallet']>[0]
type GrantChanges = {
  operator?: Hex
  sessionKey?: Hex
  issuedAtSeconds?: number
  expiresAtSeconds?: number
}
type PublishChanges = {
  adapter?: boolean | Uint8Array
  base?: string
  admit?: boolean
  admitted?: Hex[]
  /** Further parts, as they are sealed. */
  more?: PlainPart[]
  /** Its next version. */
  after?: TestWork
}
export type TestWork = { workId: string; model: string; manifest: Manifest }

const PURSE_ATOMIC = 50_000_000n

const workTerms = (kind: 'prompt' | 'chatbot') =>
  terms.parse({
    ...{ kind, disclosure: 'sealed', admission: 'listed', editionCap: 100, priceAtomic: '5000000' },
    ...{ resaleRoyaltyBps: 500, usageRoyaltyBps: 3_000, maxTurnFeeAtomic: '100000' },
    ...{ maxInputPerMillionBytesAtomic: '1000000', maxOutputPerMillionBytesAtomic: '100000000' },
  })

function partsOf(kind: 'prompt' | 'chatbot', card: string, adapter: boolean | Uint8Array): PlainPart[] {
  const mediaType = kind === 'prompt' ? MEDIA_TYPES.promptCard : MEDIA_TYPES.chatbotCard
  const text: PlainPart = { role: 'card', name: 'card', mediaType, bytes: new TextEncoder().encode(card) }
  if (!adapter) return [text]
  const bytes = adapter === true ? randomAdapter() : adapter
  return [text, { role: 'adapter', name: 'tone', mediaType: MEDIA_TYPES.adapter, bytes }]
}

export class NodeWorld {
  readonly keys: KeyWorld
  readonly baseSha256: string
  readonly modelPath: string
  readonly #blobs = new Map<string, Uint8Array>()
  readonly #edge: Server
  /** The names of the blobs that the edge was asked for. */
  readonly fetched: string[] = []
  /** The ids of grants as nodes told them, by node and by holder alone: a restarted node has another address. */
  readonly #grantIds = new Map<string, string>()
  #salt = 0xff_0000

  private constructor(keys: KeyWorld, edge: Server, base: Buffer) {
    this.keys = keys
    this.#edge = edge
    this.modelPath = join(keys.folder, 'base.gguf')
    writeFileSync(this.modelPath, base)
    this.baseSha256 = createHash('sha256').update(base).digest('hex')
  }

  /** `base` is the model that its nodes run. */
  static async start(base = randomBase({ contextTokens: 512 })): Promise<NodeWorld> {
    const keys = await startKeyWorld()
    const testClient = createTestClient({ mode: 'anvil', transport: http(keys.rpcUrl) })
    await installSettlement({
      publicClient: keys.publicClient,
      walletClient: keys.wallet('deployer'),
      testClient,
    })
    const edge = createServer()
    const world = new NodeWorld(keys, edge, base)
    edge.on('request', (request, response) => {
      const name = request.url?.split('/').at(-1) ?? ''
      world.fetched.push(name)
      const bytes = world.#blobs.get(name)
      response.writeHead(bytes ? 200 : 404).end(bytes)
    })
    await new Promise<void>(resolve => edge.listen(0, '127.0.0.1', resolve))
    return world
  }

  get edgeUrl(): string {
    return `http://127.0.0.1:${(this.#edge.address() as AddressInfo).port}`
  }

  config(name = 'node', changes: Partial<NodeConfig> = {}): NodeConfig {
    const { keys } = this
    const paymentKey = keys.accounts.payment.getHdKey().privateKey
    if (!paymentKey) throw new Error('the mnemonic has private keys')
    return {
      ...{ rpcUrl: keys.rpcUrl, addresses: keys.addresses, edges: [this.edgeUrl] },
      operator: keys.accounts.operator.address,
      directory: join(keys.folder, name),
      model: this.modelPath,
      engine: { gpu: false, threads: 1 },
      port: 0,
      withdrawDelaySeconds: 900,
      claimEverySeconds: 3_600,
      paymentKey: `0x${Buffer.from(paymentKey).toString('hex')}`,
      sessionKey: keys.operatorKey.secretKey,
      ...changes,
    }
  }

  /** The same as a configuration file with key files beside it, for a node in a process of its own. */
  configFile(name: string, changes: Partial<NodeConfig> = {}): string {
    const { paymentKey, sessionKey, ...rest } = this.config(name, changes)
    const folder = join(this.keys.folder, `${name}-config`)
    mkdirSync(folder, { recursive: true })
    const keyFile = (file: string, key: string) => {
      writeFileSync(join(folder, file), `${key}\n`, { mode: 0o600 })
      return { file }
    }
    const keyFiles = {
      paymentKey: keyFile('payment.key', paymentKey),
      sessionKey: keyFile('session.key', sessionKey),
    }
    const path = join(folder, 'node.json')
    writeFileSync(path, JSON.stringify({ ...rest, ...keyFiles }))
    return path
  }

  async publish(
    kind: 'prompt' | 'chatbot',
    card: string,
    {
      adapter = false,
      base = this.baseSha256,
      admit = true,
      admitted: others = [],
      more = [],
      after,
    }: PublishChanges = {},
  ): Promise<TestWork> {
    const { accounts, addresses, chainId, publicClient } = this.keys
    const creator = accounts.creator.address
    this.#salt += 1
    const salt = hashToBytes32(this.#salt.toString(16).padStart(64, '0'))
    const read = {
      address: addresses.works,
      abi: worksAbi,
      functionName: 'workIdOf',
      args: [creator, salt],
    } as const
    const workId = after?.workId ?? String(await publicClient.readContract(read))
    const version = (after?.manifest.version ?? 0) + 1
    const parts = [...partsOf(kind, card, adapter), ...more]
    const about = { title: 'A test', summary: 'For tests.', tags: [], language: 'en', licence: 'CC-BY-4.0' }
    const ids = {
      chainId,
      works: addresses.works,
      workId,
      version,
      creator,
      kind,
      disclosure: 'sealed' as const,
    }
    const fields = { ...ids, ...about, base: { name: 'random', sha256: base } }
    const sealed = await sealWork({ fields, parts, gate: addresses.gate, network: this.keys.network() })
    for (const [name, bytes] of sealed.blobs) this.#blobs.set(name, bytes)
    this.#blobs.set(sealed.contentHash, sealed.manifestBytes)
    const admitted = [...(admit ? [accounts.operator.address] : []), ...others]
    const ledger = { address: addresses.works, abi: worksAbi } as const
    const hash = sealed.contentHashBytes32
    const newWork = [salt, termsToChain(workTerms(kind)), [], admitted, hash] as const
    await this.keys.write(
      'creator',
      after
        ? { ...ledger, functionName: 'publishVersion', args: [BigInt(workId), hash] }
        : { ...ledger, functionName: 'create', args: newWork },
    )
    const model = formatModelId({ chainId, works: addresses.works, workId, version })
    return { workId, model, manifest: sealed.manifest }
  }

  async buy(role: Role, work: TestWork): Promise<void> {
    await this.keys.buy(role, work.workId)
    await this.keys.fund(role, PURSE_ATOMIC, this.keys.addresses.works)
    await this.keys.confirm()
  }

  async give(from: Role, to: Hex, { workId }: TestWork): Promise<void> {
    const args = [this.keys.accounts[from].address, to, BigInt(workId), 1n, '0x']
    const call = {
      address: this.keys.addresses.works,
      abi: worksAbi,
      functionName: 'safeTransferFrom' as const,
      args,
    }
    await this.keys.write(from, call)
  }

  /** A grant's text, signed for an hour. */
  async signGrant(role: Role, work: TestWork, changes: GrantChanges = {}) {
    const { accounts, operatorKey, publicClient } = this.keys
    const { hash } = await publicClient.getBlock()
    return makeGrant({
      signer: accounts[role],
      manifest: work.manifest,
      operator: accounts.operator.address,
      sessionKey: operatorKey.publicKey,
      expiresAtSeconds: Math.floor(Date.now() / 1000) + 3_600,
      blockHash: hash,
      ...changes,
    })
  }

  /** Posts a holder's grant; the answer is returned whatever it is. */
  async grant(url: string, role: Role, work: TestWork, changes: GrantChanges = {}) {
    const { address } = this.keys.accounts[role]
    const authSig = await this.signGrant(role, work, changes)
    const response = await fetch(`${url}/v1/grants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: work.model, authSig }),
    })
    const { id } = await response.clone().json()
    if (!response.ok || id === undefined) return response
    for (const at of [url, '']) this.#grantIds.set(`${at} ${address} ${work.model}`, id)
    return response
  }

  payer(role: Role, session = privateKeyToAccount(generatePrivateKey())): Payer {
    const { address } = this.keys.accounts[role]
    const idOf = (url: string, model: string) => this.#grantIds.get(`${url} ${address} ${model}`)
    return new Payer(
      this.keys,
      this.keys.accounts[role],
      session,
      (url, model) => idOf(url, model) ?? idOf('', model),
    )
  }

  balance(of: Hex): Promise<bigint> {
    const { addresses, publicClient } = this.keys
    return publicClient.readContract({
      address: addresses.money,
      abi: moneyAbi,
      functionName: 'balanceOf',
      args: [of],
    })
  }

  /** What the chain says of a channel. */
  async channel(channelId: Hex): Promise<{ balanceAtomic: bigint; claimedAtomic: bigint }> {
    const { addresses, publicClient } = this.keys
    const about = { address: addresses.settlement, abi: settlementAbi, functionName: 'channels' } as const
    const [balanceAtomic, claimedAtomic] = await publicClient.readContract({ ...about, args: [channelId] })
    return { balanceAtomic, claimedAtomic }
  }

  async stop(): Promise<void> {
    this.#edge.closeAllConnections()
    this.#edge.close()
    await this.keys.stop()
  }
}

/** A card whose random model goes on for as long as it is let. */
export const CARD = JSON.stringify({
  spec: 'chara_card_v3',
  spec_version: '3.0',
  data: { name: 'Mira', system_prompt: 'You are Mira.' },
})
