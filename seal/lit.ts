/** The key network that speaks Lit's protocol, behind the port of network.ts; Lit's client itself loads on first use. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { sha256 } from '@noble/hashes/sha2'
import { bytesToHex } from '@noble/hashes/utils'
import { createPublicClient, http, type PublicClient } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import { gateCondition, litChainName, resourceOf } from './condition.ts'
import { readKeepers } from './keepers.ts'
import type { HardenedLitClient } from './lit-client.ts'
import type { Access, KeyNetwork, Wrapped, WrappedFor, WrapRequest } from './network.ts'
import { silenceDeprecations } from './silence.ts'

export type LitNetworkOptions = {
  chainId: number
  /** The KeyNetwork contract. */
  keyNetwork: Hex
  rpcUrl?: string
  publicClient?: PublicClient
  /** For each request to each key node. */
  timeoutMs?: number
}

const REFRESH_MS = 60_000
const SESSION_LIFE_SECONDS = 600
const SESSION_LIFE_MAX_SECONDS = 24 * 3600

function chainOf(options: LitNetworkOptions): PublicClient {
  if (options.publicClient) return options.publicClient
  if (options.rpcUrl)
    return createPublicClient({ transport: http(options.rpcUrl, { batch: true }), ccipRead: false })
  throw new Problem('config_invalid', { param: 'rpcUrl', expected: 'an RPC URL or a viem public client' })
}

/** Lit's client would ask the wallet for another signature here; we say what is wrong instead. */
function checkNotExpired(signedMessage: string): void {
  const endsAt = parseSiweMessage(signedMessage).expirationTime
  if (endsAt && endsAt.getTime() <= Date.now())
    throw new Problem('grant_expired', { got: endsAt.toISOString() })
}

export function litNetwork(options: LitNetworkOptions): KeyNetwork {
  return new LitNetwork(options)
}

class LitNetwork implements KeyNetwork {
  readonly #options: LitNetworkOptions
  readonly #chain: PublicClient
  #client: Promise<HardenedLitClient> | null = null
  #connecting: Promise<HardenedLitClient> | null = null
  #connectedAtMs = Number.NEGATIVE_INFINITY

  constructor(options: LitNetworkOptions) {
    this.#options = options
    this.#chain = chainOf(options)
  }

  async latestBlockHash(): Promise<Hex> {
    const { hash } = await this.#chain.getBlock().catch(cause => {
      throw new Problem('chain_unreachable', { cause })
    })
    return hash
  }

  async wrapKey(request: WrapRequest): Promise<Wrapped> {
    this.#checkChain(request.chainId)
    const client = await this.#connected()
    const condition = gateCondition(request)
    const sealed = await client.encrypt(condition, request.secret)
    return {
      network: 'lit',
      networkKey: client.keepers.networkKey,
      gate: request.gate,
      chain: litChainName(request.chainId),
      ...sealed,
    }
  }

  async unwrapKey(wrapped: Wrapped, target: WrappedFor, access: Access): Promise<Uint8Array> {
    this.#checkChain(target.chainId)
    let client = await this.#connected()
    const { networkKey } = client.keepers
    if (wrapped.networkKey !== networkKey)
      throw new Problem('network_key_mismatch', {
        detail: 'The seal was made for another key network.',
        got: wrapped.networkKey,
        expected: networkKey,
      })
    let secret: Uint8Array
    try {
      secret = await this.#open(client, wrapped, target, access)
    } catch (error) {
      if (!(error instanceof Problem && error.retry)) throw error
      // The set of nodes may have changed, or one was away for a moment: once more from a fresh handshake.
      client = await this.#connected(true)
      secret = await this.#open(client, wrapped, target, access)
    }
    // Lit's client does not look: anyone can encrypt something else to the same public identity.
    const got = bytesToHex(sha256(secret))
    if (got !== wrapped.dataToEncryptHash)
      throw new Problem('seal_altered', {
        got: `a secret of hash ${got}`,
        expected: wrapped.dataToEncryptHash,
      })
    return secret
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null)
    this.#client = null
    this.#connectedAtMs = Number.NEGATIVE_INFINITY
    client?.close()
  }

  #checkChain(chainId: number): void {
    if (chainId === this.#options.chainId) return
    throw new Problem('chain_wrong', { got: chainId, expected: this.#options.chainId })
  }

  /** One connection for all who ask meanwhile; one that failed is not kept. */
  async #connected(fresh = false): Promise<HardenedLitClient> {
    if (fresh || Date.now() - this.#connectedAtMs > REFRESH_MS) {
      this.#connecting ??= this.#connect().finally(() => {
        this.#connecting = null
      })
      return await this.#connecting
    }
    return await this.#loaded()
  }

  async #connect(): Promise<HardenedLitClient> {
    const client = await this.#loaded()
    await client.connect()
    this.#connectedAtMs = Date.now()
    return client
  }

  #loaded(): Promise<HardenedLitClient> {
    if (this.#client) return this.#client
    const client = this.#makeClient()
    this.#client = client
    client.catch(() => {
      if (this.#client === client) this.#client = null
    })
    return client
  }

  async #makeClient(): Promise<HardenedLitClient> {
    silenceDeprecations()
    const { HardenedLitClient, loadWasm } = await import('./lit-client.ts')
    await loadWasm()
    return new HardenedLitClient({
      keepers: () => readKeepers(this.#chain, this.#options.keyNetwork),
      latestBlockHash: () => this.latestBlockHash(),
      keyNetwork: this.#options.keyNetwork,
      timeoutMs: this.#options.timeoutMs ?? 5_000,
    })
  }

  async #open(
    client: HardenedLitClient,
    wrapped: Wrapped,
    target: WrappedFor,
    access: Access,
  ): Promise<Uint8Array> {
    const place = { gate: wrapped.gate, ...target }
    const request = {
      condition: gateCondition(place),
      ciphertext: wrapped.ciphertext,
      dataToEncryptHash: wrapped.dataToEncryptHash,
      chain: wrapped.chain,
    }
    if (access.kind === 'authSig') return await client.decrypt(request, { authSig: access.authSig })
    checkNotExpired(access.grant.signedMessage)
    const lifeSeconds = Math.min(access.lifeSeconds ?? SESSION_LIFE_SECONDS, SESSION_LIFE_MAX_SECONDS)
    const key = {
      publicKey: access.sessionKey.publicKey.slice(2),
      // Lit's ed25519 secret keys are seed and public key in one.
      secretKey: access.sessionKey.secretKey.slice(2) + access.sessionKey.publicKey.slice(2),
    }
    const sessionSigs = await client.sessionSigs(
      resourceOf(place, wrapped.dataToEncryptHash),
      access.grant,
      key,
      new Date(Date.now() + lifeSeconds * 1000).toISOString(),
    )
    return await client.decrypt(request, { sessionSigs })
  }
}
