/** What the node reads from the chain: works, prices, splitters, and, for every turn, who may be answered. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { gateAbi } from '@grimoire/contracts/generated/gate'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { bytes32ToHash, type Hex } from '@grimoire/schema/hex'
import { type Prices, pricesWithin } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import type { Sharing } from '@grimoire/schema/receipt'
import { type Terms, termsFromChain } from '@grimoire/schema/work'
import { createPublicClient, defineChain, http, type PublicClient, zeroAddress } from 'viem'
import { Followed, holderTopic, operatorTopic, workTopic } from './followed.ts'

export type LedgerOptions = { rpcUrl: string; addresses: Addresses; operator: Hex; sessionKey: Hex }
/** Whether the Gate opens a work to a holder now, and which of its grants are revoked. */
export type Right = { may: boolean; revokedBeforeSeconds: number }
export type Head = { number: bigint; hash: Hex }
export type WorkFacts = { workId: string; creator: Hex; terms: Terms; latestVersion: number }

/** While nobody follows the chain: for facts where being one block late costs nobody anything. */
const LOOSE_MS = 1_000
/** Rights end with time too (bonds, admissions); the sweep asks for those that matter more often than this. */
const MAX_AGE_MS = 60_000

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
  readonly followed = new Followed()
  readonly #terms = new Map<string, Terms>()
  readonly #parents = new Map<string, readonly number[]>()
  readonly #hashes = new Map<string, string>()
  readonly #splitters = new Map<string, Hex>()

  constructor(options: LedgerOptions) {
    this.options = options
    const { rpcUrl, addresses } = options
    this.client = createPublicClient({
      chain: chainOf(addresses.chainId, rpcUrl),
      transport: http(rpcUrl, { batch: true, retryCount: 1, timeout: 10_000 }),
      pollingInterval: 250,
      cacheTime: 0,
      // A stranger’s contract, asked for a signature, would otherwise choose an address that this node then calls.
      ccipRead: false,
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

  /** The newest block, or a block by its number. */
  async head(blockNumber?: bigint): Promise<Head> {
    const { number, hash } = await this.#read(
      this.client.getBlock(blockNumber === undefined ? {} : { blockNumber }),
    )
    return { number, hash }
  }

  /** As the follower knows it, when it does. */
  recentBlock = async (): Promise<bigint> => (this.followed.isFresh ? this.followed.head : this.blockNumber())

  blockNumber = (): Promise<bigint> => this.#read(this.client.getBlockNumber())

  /** Whether this work was read from the chain before. */
  knows = (workId: string): boolean => this.#terms.has(workId)

  work(workId: string): Promise<WorkFacts> {
    const ask = () => this.#askWork(workId)
    return this.followed.get({ key: `work ${workId}`, topics: [workTopic(workId)], ask, looseMs: LOOSE_MS })
  }

  async #askWork(workId: string): Promise<WorkFacts> {
    const { addresses } = this.options
    const record = await this.client
      .readContract({ address: addresses.works, abi: worksAbi, functionName: 'work', args: [BigInt(workId)] })
      .catch(cause => this.#unknownOr(cause, workId))
    if (record.creator === zeroAddress) throw new Problem('work_unknown', { got: workId, param: 'model' })
    const terms = this.#terms.get(workId) ?? termsFromChain(record.terms)
    this.#terms.set(workId, terms)
    return { workId, creator: record.creator, terms, latestVersion: record.latestVersion }
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

  /** The shares by which the ledger divides what this work earns: its terms, its parents, the fee that it pays. */
  sharing({ workId, terms }: WorkFacts): Promise<Sharing> {
    const ask = async () => {
      const at = { address: this.options.addresses.works, abi: worksAbi, args: [BigInt(workId)] } as const
      const known = this.#parents.get(workId)
      const [protocolFeeBps, parents] = await this.#read(
        Promise.all([
          this.client.readContract({ ...at, functionName: 'feeBpsOf' }),
          known ? null : this.client.readContract({ ...at, functionName: 'parentsOf' }),
        ]),
      )
      const parentsBps = known ?? (parents ?? []).map(({ shareBps }) => shareBps)
      this.#parents.set(workId, parentsBps)
      return { usageRoyaltyBps: terms.usageRoyaltyBps, protocolFeeBps, parentsBps: [...parentsBps] }
    }
    return this.followed.get({
      ...{ key: `sharing ${workId}`, topics: [workTopic(workId)] },
      ...{ ask, looseMs: LOOSE_MS },
    })
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
    const ask = async () => {
      const { prices } = await this.operator()
      return {
        turnFeeAtomic: String(prices.turnFeeAtomic),
        inputPerMillionBytesAtomic: String(prices.inputPerMillionBytesAtomic),
        outputPerMillionBytesAtomic: String(prices.outputPerMillionBytesAtomic),
      }
    }
    const topics = [operatorTopic(this.options.operator)]
    const card = await this.followed.get({ key: 'card', topics, ask, looseMs: LOOSE_MS })
    return pricesWithin(card, work.terms)
  }

  /**
   * The one question that every turn depends on: at the latest block, or as the follower of the chain knows it. `anew`
   * asks at the newest block in any case: for a grant that is handed over, and for what changes with time alone.
   */
  mayOpen(holder: Hex, workId: string, anew = false): Promise<Right> {
    const { operator } = this.options
    const isKept = ({ may }: Right) => may
    const fact = {
      key: `right ${holder.toLowerCase()} ${workId}`,
      topics: [holderTopic(holder), workTopic(workId), operatorTopic(operator)],
      ask: () => this.#atBlock(block => this.#askRight(holder, workId, block), isKept, anew),
      ...{ isKept, maxAgeMs: MAX_AGE_MS },
    }
    return anew ? this.followed.ask(fact) : this.followed.get(fact)
  }

  /**
   * Asks at a block that the follower has read, or a later one: behind one address there may be several machines, and one
   * that lags would say what an event has already changed. It does not know such a block, and says so. A refusal may be
   * older than what somebody just bought, so it is asked for again at the newest block.
   */
  async #atBlock<T>(
    ask: (blockNumber: bigint) => Promise<T>,
    isKept: (value: T) => boolean,
    anew: boolean,
  ): Promise<T> {
    const { head, isFresh } = this.followed
    const known = isFresh && !anew ? await this.#read(ask(head)) : undefined
    if (known !== undefined && isKept(known)) return known
    const newest = await this.blockNumber()
    if (newest > head) return this.#read(ask(newest))
    return known ?? this.#read(ask(head))
  }

  async #askRight(holder: Hex, workId: string, blockNumber: bigint): Promise<Right> {
    const { addresses, sessionKey } = this.options
    const [may, revokedBefore] = await this.#read(
      Promise.all([
        this.client.readContract({
          blockNumber,
          address: addresses.gate,
          abi: gateAbi,
          functionName: 'canDecrypt',
          args: [holder, sessionKey, BigInt(workId), BigInt(addresses.chainId)],
        }),
        this.client.readContract({
          blockNumber,
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
  async requireServing(workId: string, anew = false): Promise<void> {
    const { operator } = this.options
    const isKept = (serving: { active: boolean; admitted: boolean }) => serving.active && serving.admitted
    const fact = {
      key: `serving ${workId}`,
      topics: [workTopic(workId), operatorTopic(operator)],
      ask: () => this.#atBlock(block => this.#askServing(workId, block), isKept, false),
      ...{ isKept, maxAgeMs: MAX_AGE_MS },
    }
    const { active, admitted } = await (anew ? this.followed.ask(fact) : this.followed.get(fact))
    if (!active) throw new Problem('not_bonded', { got: operator })
    if (!admitted) throw new Problem('not_admitted', { got: operator })
  }

  async #askServing(workId: string, blockNumber: bigint): Promise<{ active: boolean; admitted: boolean }> {
    const { addresses, operator } = this.options
    const [active, admitted] = await this.#read(
      Promise.all([
        this.client.readContract({
          blockNumber,
          address: addresses.operators,
          abi: operatorsAbi,
          functionName: 'isActive',
          args: [operator],
        }),
        this.client.readContract({
          blockNumber,
          address: addresses.admissions,
          abi: admissionsAbi,
          functionName: 'admits',
          args: [BigInt(workId), operator],
        }),
      ]),
    )
    return { active, admitted }
  }
}
