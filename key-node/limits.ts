/** How much one address, and all together, may ask of a key node. */
import { Problem } from '@grimoire/schema/problem'
import type { Limits } from './config.ts'

const MAX_TRACKED = 10_000

/** Token buckets by address; the ones idle longest are forgotten first. */
export class RateLimiter {
  readonly #limits: Limits
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()
  #active = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  take(address: string, nowMs: number = performance.now()): void {
    const { burst, requestsPerSecond } = this.#limits
    const bucket = this.#buckets.get(address) ?? { tokens: burst, atMs: nowMs }
    this.#buckets.delete(address)
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * requestsPerSecond)
    this.#buckets.set(address, { tokens: Math.max(0, tokens - 1), atMs: nowMs })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > MAX_TRACKED && oldest !== undefined) this.#buckets.delete(oldest)
    if (tokens >= 1) return
    throw new Problem('rate_limited', { expected: `at most ${requestsPerSecond} requests a second` })
  }

  /** Runs `work` unless as many as are allowed are running. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#active >= this.#limits.concurrent)
      throw new Problem('rate_limited', { detail: 'The node answers as many requests as it can.' })
    this.#active += 1
    try {
      return await work()
    } finally {
      this.#active -= 1
    }
  }
}
