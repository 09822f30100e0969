/** The chain as several endpoints tell it: which answer, how far each has come, and whether they agree. */
import { Problem } from '@grimoire/schema/problem'
import { type Hex, http, type Log } from 'viem'
import { type Chain, chainAt } from '../chain.ts'
import type { Settings } from '../env.ts'
import type { Block } from './commit.ts'

const TIMEOUT_MS = 5_000

export type Header = Block & { parentHash: string; logsBloom: Hex | null }
/** Named by its host alone: a URL may hold a key, and reasons are public. */
export type Endpoint = { name: string; chain: Chain }
export type Seen = { endpoint: Endpoint; head: Header }

export async function headerAt(endpoint: Endpoint, at: number | 'latest'): Promise<Header> {
  const which = at === 'latest' ? { blockTag: at } : { blockNumber: BigInt(at) }
  const { number, hash, parentHash, timestamp, logsBloom } = await endpoint.chain.getBlock(which)
  return { number: Number(number), hash, parentHash, atSeconds: Number(timestamp), logsBloom }
}

/** The endpoints of one run. Whoever fails in it is passed over until it ends, and named with the reason. */
export class Endpoints {
  readonly passedOver = new Map<string, string>()
  /** How often anything was asked: a Worker may ask only so many times. */
  questions = 0
  #chainId: number
  #all: Endpoint[]
  #known = new Set<string>()
  #wrongChain: number | null = null
  #lastError: unknown = null

  /** Each run begins with another endpoint, so that all are used and none is leant on. */
  constructor({ RPC_URLS, ADDRESSES }: Settings, turn: number) {
    const onFetchRequest = () => {
      this.questions++
    }
    const all = RPC_URLS.map((url, at) => {
      const transport = http(url, { timeout: TIMEOUT_MS, retryCount: 1, onFetchRequest })
      const name = `endpoint ${at + 1} (${new URL(url).host})`
      return { name, chain: chainAt(transport) }
    })
    this.#chainId = ADDRESSES.chainId
    this.#all = all.map((_, at) => all[(at + turn) % all.length]).filter(one => one !== undefined)
  }

  passOver(endpoint: Endpoint, reason: string, error: unknown = null): void {
    if (error) this.#lastError = error
    this.passedOver.set(endpoint.name, `${endpoint.name} ${reason}.`)
  }

  get left(): Endpoint[] {
    return this.#all.filter(({ name }) => !this.passedOver.has(name))
  }

  /** Those that answer and belong to our chain, the one that has come furthest first. */
  async look(): Promise<Seen[]> {
    const seen = await Promise.all(this.left.map(endpoint => this.#head(endpoint)))
    const found = seen.filter(one => one !== null).sort((a, b) => b.head.number - a.head.number)
    if (found.length > 0) return found
    if (this.#wrongChain !== null)
      throw new Problem('chain_wrong', {
        got: this.#wrongChain,
        expected: this.#chainId,
        param: 'RPC_URLS',
      })
    throw new Problem('chain_unreachable', {
      detail: [...this.passedOver.values()].join(' '),
      cause: this.#lastError,
    })
  }

  async #head(endpoint: Endpoint): Promise<Seen | null> {
    try {
      if (!this.#known.has(endpoint.name)) {
        const chainId = await endpoint.chain.getChainId()
        if (chainId !== this.#chainId) {
          this.#wrongChain = chainId
          this.passOver(endpoint, `is of chain ${chainId}, not ${this.#chainId}`)
          return null
        }
        this.#known.add(endpoint.name)
      }
      return { endpoint, head: await headerAt(endpoint, 'latest') }
    } catch (error) {
      this.passOver(endpoint, 'does not answer', error)
      return null
    }
  }

  /** An answer, or null after the endpoint was passed over for giving none. */
  async ask<T>(endpoint: Endpoint, question: (endpoint: Endpoint) => Promise<T>): Promise<T | null> {
    try {
      return await question(endpoint)
    } catch (error) {
      this.passOver(endpoint, 'does not answer', error)
      return null
    }
  }
}

/** What one of several says of a block that the index stands on: the same, or another one. */
export type Standing = { same: Seen[]; other: Seen[] }

/** Asks everyone who has come that far. `other` are those who would have it undone. */
export async function standingOf(
  endpoints: Endpoints,
  seen: readonly Seen[],
  place: { number: number; hash: string },
): Promise<Standing> {
  const standing: Standing = { same: [], other: [] }
  const answers = await Promise.all(
    seen.map(async one => {
      if (place.hash === '') return { one, hash: '' }
      if (one.head.number === place.number) return { one, hash: one.head.hash }
      const there = await endpoints.ask(one.endpoint, endpoint => headerAt(endpoint, place.number))
      return there && { one, hash: there.hash }
    }),
  )
  for (const answer of answers) {
    if (answer) standing[answer.hash === place.hash ? 'same' : 'other'].push(answer.one)
  }
  return standing
}

/** Everything that a log says of itself, so that two endpoints' logs can be held against each other. */
export const namesOf = (logs: readonly Log[]): string =>
  logs
    .map(({ blockHash, logIndex, address, topics, data, transactionHash }) =>
      [blockHash, logIndex, address.toLowerCase(), ...topics, data, transactionHash].join(' '),
    )
    .sort()
    .join('\n')

/** Which of the other endpoints tell the same of a stretch, and which contradict. Who does not know says nothing. */
export async function witnesses(
  endpoints: Endpoints,
  others: readonly Seen[],
  told: { from: number; to: Block; logs: readonly Log[]; address: Hex[] },
): Promise<{ same: Seen[]; other: Seen[] }> {
  const { from, to, logs, address } = told
  const names = namesOf(logs)
  const verdict: Standing = { same: [], other: [] }
  const able = others.filter(({ head }) => head.number >= to.number)
  const answers = await Promise.all(
    able.map(one =>
      endpoints.ask(one.endpoint, async endpoint => {
        const range = { fromBlock: BigInt(from), toBlock: BigInt(to.number) }
        const [there, theirs] = await Promise.all([
          headerAt(endpoint, to.number),
          endpoint.chain.getLogs({ address, ...range }),
        ])
        return {
          one,
          agrees: there.hash === to.hash && there.atSeconds === to.atSeconds && namesOf(theirs) === names,
        }
      }),
    ),
  )
  for (const answer of answers) if (answer) verdict[answer.agrees ? 'same' : 'other'].push(answer.one)
  return verdict
}
