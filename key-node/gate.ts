/** What the chain says about one asker, read through this node's own RPC for every single decryption. */
import { gateAbi } from '@grimoire/contracts/generated/gate'
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

export class Gatekeeper {
  readonly #chain: KeyNodeChain
  readonly #client: PublicClient

  constructor(chain: KeyNodeChain) {
    this.#chain = chain
    const transport = http(chain.rpcUrl, { batch: true, timeout: RPC_TIMEOUT_MS, retryCount: 1 })
    this.#client = createPublicClient({ transport, cacheTime: 0 })
  }

  get client(): PublicClient {
    return this.#client
  }

  async handshakeBlockHash(): Promise<Hex> {
    return await this.#ask(async () => {
      const latest = await this.#client.getBlockNumber()
      const block = await this.#client.getBlock({ blockNumber: latest - (latest % HANDSHAKE_BLOCK_STEP) })
      return block.hash
    })
  }

  async blockNumber(): Promise<bigint> {
    return await this.#ask(() => this.#client.getBlockNumber())
  }

  /** Returns when the asker may have the share, and refuses with the reason otherwise. */
  async check(asker: Asker, workId: string): Promise<void> {
    const facts = await this.#ask(() => this.#facts(asker, BigInt(workId)))
    checkNonce(asker, facts.nonceSeconds)
    if (facts.revokedBeforeSeconds >= BigInt(Math.floor(asker.issuedAtSeconds)))
      throw new Refusal(
        'NodeNotAuthorized',
        'grant_revoked',
        `All up to ${facts.revokedBeforeSeconds} are revoked.`,
      )
    checkOperator(asker, facts.operator, facts.contentHash)
    const denied = 'NodeAccessControlConditionsReturnedNotAuthorized'
    if (!facts.allowedNow)
      throw new Refusal(denied, 'network_refused', `The Gate says no for ${asker.holder}.`)
    if (!facts.allowedBefore)
      throw new Refusal(
        denied,
        'not_confirmed',
        `The Gate said no ${this.#chain.confirmations} block(s) ago.`,
      )
    // Without a session key the signature is bound to no key node: it may open a copy that is the holder's to read
    // anyway, and never what the Gate opens to a creator, or whoever sees it once had all of the creator's works.
    if (!facts.openedOne && asker.sessionKey === NO_SESSION_KEY)
      throw new Refusal(denied, 'network_refused', 'A creator asks with a session key.')
  }

  async #facts(asker: Asker, workId: bigint) {
    const { works, operators, confirmations } = this.#chain
    const latest = await this.#client.getBlockNumber()
    const before = latest > BigInt(confirmations) ? latest - BigInt(confirmations) : 0n
    const atWorks = { address: works, abi: worksAbi, blockNumber: latest } as const
    const version = asker.grant?.version ?? 1
    const [allowedNow, allowedBefore, revokedBeforeSeconds, contentHash, operator, nonceSeconds, copies] =
      await Promise.all([
        this.#allowed(asker, workId, latest),
        this.#allowed(asker, workId, before),
        this.#client.readContract({
          ...atWorks,
          functionName: 'grantsRevokedBefore',
          args: [asker.holder],
        }),
        this.#client.readContract({ ...atWorks, functionName: 'contentHashOf', args: [workId, version] }),
        this.#client.readContract({
          address: operators,
          abi: operatorsAbi,
          functionName: 'operatorOf',
          args: [asker.sessionKey],
          blockNumber: latest,
        }),
        this.#minedAtSeconds(asker.nonce),
        this.#client.readContract({
          ...{ ...atWorks, blockNumber: before },
          functionName: 'openedCopies',
          args: [workId, asker.holder],
        }),
      ])
    const openedOne = copies > 0n
    return { allowedNow, allowedBefore, revokedBeforeSeconds, contentHash, operator, nonceSeconds, openedOne }
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

/** An operator's key comes with a grant or not at all; and a grant names the operator whose key it is, now. */
function checkOperator(asker: Asker, operator: Hex, contentHash: Hex): void {
  const { grant } = asker
  if (!grant) {
    if (operator === zeroAddress) return
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_missing',
      `The session key is operator ${operator}'s.`,
    )
  }
  if (!sameAddress(grant.operator, operator))
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_operator_unknown',
      `Got ${grant.operator}, expected ${operator}.`,
    )
  if (BigInt(contentHash) === 0n)
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'version_unknown',
      `Version ${grant.version} is not published.`,
    )
}
