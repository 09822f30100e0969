/** What the chain says about one asker, read through this node's own RPC for every single decryption. */
import { gateAbi } from '@grimoire/contracts/generated/gate'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { GRANT_NONCE_MAX_AGE_SECONDS } from '@grimoire/schema/grant'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { createPublicClient, http, type PublicClient, zeroAddress } from 'viem'
import type { KeyNodeChain } from './config.ts'
import { type Asker, NO_SESSION_KEY } from './session.ts'
import { Refusal } from './wire.ts'

const RPC_TIMEOUT_MS = 5_000
/** Handshakes name a block that is a little old, so that nodes with different RPCs name the same one. */
const HANDSHAKE_BLOCK_STEP = 8n

/** For what every caller gets and nobody is let in by: many may ask, the RPC is asked about once a second. */
const REMEMBERED_MS = 1_000

/** One read for all who ask within a moment; a failed one is not remembered. */
function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let held: { value: Promise<T>; atMs: number } | null = null
  return () => {
    if (held && performance.now() - held.atMs < REMEMBERED_MS) return held.value
    const fresh = { value: read(), atMs: performance.now() }
    held = fresh
    fresh.value.catch(() => {
      if (held === fresh) held = null
    })
    return fresh.value
  }
}

export class Gatekeeper {
  readonly #chain: KeyNodeChain
  readonly #client: PublicClient

  constructor(chain: KeyNodeChain) {
    this.#chain = chain
    const transport = http(chain.rpcUrl, { batch: true, timeout: RPC_TIMEOUT_MS, retryCount: 1 })
    this.#client = createPublicClient({ transport, cacheTime: 0, ccipRead: false })
  }

  get client(): PublicClient {
    return this.#client
  }

  /** For greetings and health only: whom the Gate lets in is always asked at a head read for that very question. */
  readonly blockNumber = remembered(() => this.#ask(() => this.#client.getBlockNumber()))

  readonly handshakeBlockHash = remembered(async (): Promise<Hex> => {
    const latest = await this.blockNumber()
    return await this.#ask(async () => {
      const block = await this.#client.getBlock({ blockNumber: latest - (latest % HANDSHAKE_BLOCK_STEP) })
      return block.hash
    })
  })

  /** Of the key network, now: it decides which share is served. */
  readonly epoch = remembered(() =>
    this.#ask(async () => {
      const address = this.#chain.keyNetwork
      return Number(await this.#client.readContract({ address, abi: keyNetworkAbi, functionName: 'epoch' }))
    }),
  )

  /**
   * Returns when the asker may have the share, and refuses with the reason otherwise. The Gate is asked first: whom it
   * refuses costs the RPC no more.
   */
  async check(asker: Asker, workId: string): Promise<void> {
    const work = BigInt(workId)
    const { latest, operator, allowed } = await this.#ask(() => this.#verdict(asker, work))
    checkOperator(asker, operator)
    if (!allowed) throw new Refusal(DENIED, 'network_refused', `The Gate says no for ${asker.holder}.`)
    const facts = await this.#ask(() => this.#facts(asker, work, latest))
    checkNonce(asker, facts.nonceSeconds)
    checkRevoked(asker, facts.nonceSeconds ?? 0, Number(facts.revokedBeforeSeconds))
    checkVersion(asker, facts.contentHash)
    if (!facts.allowedBefore)
      throw new Refusal(
        DENIED,
        'not_confirmed',
        `The Gate said no ${this.#chain.confirmations} block(s) ago.`,
      )
    // Without a session key the signature is bound to no key node: it may open a copy that is the holder's to read
    // anyway, and never what the Gate opens to a creator, or whoever sees it once had all of the creator's works.
    if (facts.copies === 0n && asker.sessionKey === NO_SESSION_KEY)
      throw new Refusal(DENIED, 'network_refused', 'A creator asks with a session key.')
  }

  async #verdict(asker: Asker, workId: bigint) {
    const latest = await this.#client.getBlockNumber()
    const [operator, allowed] = await Promise.all([
      this.#client.readContract({
        address: this.#chain.operators,
        abi: operatorsAbi,
        functionName: 'operatorOf',
        args: [asker.sessionKey],
        blockNumber: latest,
      }),
      this.#allowed(asker, workId, latest),
    ])
    return { latest, operator, allowed }
  }

  async #facts(asker: Asker, workId: bigint, latest: bigint) {
    const { works, confirmations } = this.#chain
    const before = latest > BigInt(confirmations) ? latest - BigInt(confirmations) : 0n
    const atWorks = { address: works, abi: worksAbi } as const
    const { holder, nonce } = asker
    const read = this.#client.readContract
    const [allowedBefore, copies, revokedBeforeSeconds, contentHash, nonceSeconds] = await Promise.all([
      this.#allowed(asker, workId, before),
      read({ ...atWorks, functionName: 'openedCopies', args: [workId, holder], blockNumber: before }),
      read({ ...atWorks, functionName: 'grantsRevokedBefore', args: [holder], blockNumber: latest }),
      read({
        ...atWorks,
        functionName: 'contentHashOf',
        args: [workId, asker.grant?.version ?? 1],
        blockNumber: latest,
      }),
      this.#minedAtSeconds(nonce),
    ])
    return { allowedBefore, copies, revokedBeforeSeconds, contentHash, nonceSeconds }
  }

  async #allowed(asker: Asker, workId: bigint, blockNumber: bigint): Promise<boolean> {
    return await this.#client.readContract({
      address: this.#chain.gate,
      abi: gateAbi,
      functionName: 'canDecrypt',
      args: [asker.holder, asker.sessionKey, workId, BigInt(this.#chain.chainId)],
      blockNumber,
    })
  }

  /** Null when this chain has no such block. */
  async #minedAtSeconds(blockHash: Hex): Promise<number | null> {
    try {
      return Number((await this.#client.getBlock({ blockHash })).timestamp)
    } catch (error) {
      if (error instanceof Error && error.name === 'BlockNotFoundError') return null
      throw error
    }
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question()
    } catch {
      // The cause may hold the RPC's URL with a key in it: it goes no further.
      throw new Refusal('NodeRpcError', 'chain_unreachable', '')
    }
  }
}

const DENIED = 'NodeAccessControlConditionsReturnedNotAuthorized'

function checkNonce(asker: Asker, nonceSeconds: number | null): void {
  if (nonceSeconds === null)
    throw new Refusal('NodeInvalidAuthSig', 'grant_invalid', 'The nonce is no block hash of this chain.')
  const ageSeconds = asker.issuedAtSeconds - nonceSeconds
  if (ageSeconds > GRANT_NONCE_MAX_AGE_SECONDS)
    throw new Refusal(
      'NodeInvalidAuthSig',
      'grant_invalid',
      `The nonce was ${Math.round(ageSeconds)} s old at issue.`,
    )
}

/**
 * What a wallet signed before it revoked is revoked, whatever time of issue the text claims: it was signed no earlier
 * than its nonce's block, and that may have been the very same moment.
 */
function checkRevoked(asker: Asker, nonceSeconds: number, revokedBeforeSeconds: number): void {
  if (Math.min(Math.floor(asker.issuedAtSeconds), nonceSeconds) > revokedBeforeSeconds) return
  const moment = new Date(revokedBeforeSeconds * 1000).toISOString()
  throw new Refusal(
    'NodeNotAuthorized',
    'grant_revoked',
    `All up to ${moment} are revoked, and those whose nonce is a block up to then.`,
  )
}

/** An operator's key comes with a grant or not at all; and a grant names the operator whose key it is, now. */
function checkOperator({ grant }: Asker, operator: Hex): void {
  if (!grant) {
    if (operator === zeroAddress) return
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_missing',
      `The session key is operator ${operator}'s.`,
    )
  }
  if (sameAddress(grant.operator, operator)) return
  throw new Refusal(
    'NodeSIWECapabilityInvalid',
    'grant_operator_unknown',
    `Got ${grant.operator}, expected ${operator}.`,
  )
}

function checkVersion({ grant }: Asker, contentHash: Hex): void {
  if (!grant || BigInt(contentHash) !== 0n) return
  throw new Refusal(
    'NodeSIWECapabilityInvalid',
    'version_unknown',
    `Version ${grant.version} is not published.`,
  )
}
