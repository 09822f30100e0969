/** What the node reads from the chain: works, prices, splitters, and, for every turn, who may be answered. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { gateAbi } from '@grimoire/contracts/generated/gate'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { bytes32ToHash, type Hex } from '@grimoire/schema/hex'
import { type Prices, pricesWithin } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { type Terms, termsFromChain } from '@grimoire/schema/work'
import { createPublicClient, defineChain, http, type PublicClient, zeroAddress } from 'viem'

export type LedgerOptions = { rpcUrl: string; addresses: Addresses; operator: Hex; sessionKey: Hex }
/** Whether the Gate opens a work to a holder now, and which of its grants are revoked. */
export type Right = { may: boolean; revokedBeforeSeconds: number }
export type WorkFacts = { workId: string; creator: Hex; terms: Terms; latestVersion: number }

/** For facts that change at most once a block, and where being one block late costs nobody anything. */
const FRESH_MS = 1_000

export const chainOf = (chainId: number, rpcUrl: string) =>
  defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'gas', symbol: 'GAS', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })

export class Ledger {
  readonly options: LedgerOptions
  readonly client: PublicClient
  readonly #works = new Map<string, { facts: WorkFacts; readAtMs: number }>()
  readonly #hashes = new Map<string, string>()
  readonly #splitters = new Map<string, Hex>()
  #prices: { card: Prices; readAtMs: number } | undefined

  constructor(options: LedgerOptions) {
    this.options = options
    const { rpcUrl, addresses } = options
    this.client = createPublicClient({
      chain: chainOf(addresses.chainId, rpcUrl),
      transport: http(rpcUrl, { batch: true, retryCount: 1, timeout: 10_000 }),
      pollingInterval: 250,
      cacheTime: 0,
    })
  }

  async #read<T>(read: Promise<T>): Promise<T> {
    return read.catch(cause => {
      throw new Problem('chain_unreachable', { cause })
    })
  }

  /** Throws `chain_wrong` when the RPC serves another chain than the addresses are on. */
  async requireChain(): Promise<void> {
    const got = await this.#read(this.client.getChainId())
    const expected = this.options.addresses.chainId
    if (got !== expected) throw new Problem('chain_wrong', { got, expected })
  }

  blockNumber = (): Promise<bigint> => this.#read(this.client.getBlockNumber())

  async work(workId: string): Promise<WorkFacts> {
    const known = this.#works.get(workId)
    if (known && Date.now() - known.readAtMs < FRESH_MS) return known.facts
    const { addresses } = this.options
    const record = await this.client
      .readContract({ address: addresses.works, abi: worksAbi, functionName: 'work', args: [BigInt(workId)] })
      .catch(cause => this.#unknownOr(cause, workId))
    if (record.creator === zeroAddress) throw new Problem('work_unknown', { got: workId, param: 'model' })
    const facts = {
      workId,
      creator: record.creator,
      terms: known?.facts.terms ?? termsFromChain(record.terms),
      latestVersion: record.latestVersion,
    }
    this.#works.set(workId, { facts, readAtMs: Date.now() })
    return facts
  }

  async #unknownOr(cause: unknown, workId: string): Promise<never> {
    await this.blockNumber() // The chain answers, so it was the work that it does not know.
    throw new Problem('work_unknown', { got: workId, param: 'model', cause })
  }

  async contentHash(workId: string, version: number): Promise<string> {
    const key = `${workId}@${version}`
    const known = this.#hashes.get(key)
    if (known) return known
    const { works } = this.options.addresses
    const hash = await this.#read(
      this.client.readContract({
        address: works,
        abi: worksAbi,
        functionName: 'contentHashOf',
        args: [BigInt(workId), version],
      }),
    )
    this.#hashes.set(key, bytes32ToHash(hash))
    return bytes32ToHash(hash)
  }

  async splitter(workId: string): Promise<Hex> {
    const known = this.#splitters.get(workId)
    if (known) return known
    const splitter = await this.#read(
      this.client.readContract({
        address: this.options.addresses.works,
        abi: worksAbi,
        functionName: 'splitterOf',
        args: [BigInt(workId), this.options.operator],
      }),
    )
    this.#splitters.set(workId, splitter)
    return splitter
  }

  async operator() {
    const { addresses, operator } = this.options
    return this.#read(
      this.client.readContract({
        address: addresses.operators,
        abi: operatorsAbi,
        functionName: 'operator',
        args: [operator],
      }),
    )
  }

  /** This operator's card as it stands on the chain, under the work's ceilings. */
  async prices(work: WorkFacts): Promise<Prices> {
    const known = this.#prices
    if (known && Date.now() - known.readAtMs < FRESH_MS) return pricesWithin(known.card, work.terms)
    const { prices } = await this.operator()
    const card = {
      turnFeeAtomic: String(prices.turnFeeAtomic),
      inputPerMillionBytesAtomic: String(prices.inputPerMillionBytesAtomic),
      outputPerMillionBytesAtomic: String(prices.outputPerMillionBytesAtomic),
    }
    this.#prices = { card, readAtMs: Date.now() }
    return pricesWithin(card, work.terms)
  }

  /** At the latest block, uncached: the one question that every turn depends on. */
  async mayOpen(holder: Hex, workId: string): Promise<Right> {
    const { addresses, sessionKey } = this.options
    const [may, revokedBefore] = await this.#read(
      Promise.all([
        this.client.readContract({
          address: addresses.gate,
          abi: gateAbi,
          functionName: 'canDecrypt',
          args: [holder, sessionKey, BigInt(workId), BigInt(addresses.chainId)],
        }),
        this.client.readContract({
          address: addresses.works,
          abi: worksAbi,
          functionName: 'grantsRevokedBefore',
          args: [holder],
        }),
      ]),
    )
    return { may, revokedBeforeSeconds: Number(revokedBefore) }
  }

  /** Whether this operator may serve the work at all, whoever asks. */
  async requireServing(workId: string): Promise<void> {
    const { addresses, operator } = this.options
    const [active, admitted] = await this.#read(
      Promise.all([
        this.client.readContract({
          address: addresses.operators,
          abi: operatorsAbi,
          functionName: 'isActive',
          args: [operator],
        }),
        this.client.readContract({
          address: addresses.admissions,
          abi: admissionsAbi,
          functionName: 'admits',
          args: [BigInt(workId), operator],
        }),
      ]),
    )
    if (!active) throw new Problem('not_bonded', { got: operator })
    if (!admitted) throw new Problem('not_admitted', { got: operator })
  }
}
