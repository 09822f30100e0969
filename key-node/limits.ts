/** How much one address, and all together, may ask of a key node. */
import { Problem } from '@grimoire/schema/problem'
import type { Limits } from './config.ts'

const MAX_TRACKED = 10_000

/** Token buckets by address; the ones idle longest are forgotten first. */
export class RateLimiter {
  readonly #limits: Limits
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>()
  readonly #active = new Map<string, number>()
  #activeOfAll = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** A refused request costs no token: whoever asks too fast is slowed down, not shut out. */
  take(address: string, nowMs: number = performance.now()): void {
    const { burst, requestsPerSecond } = this.#limits
    const bucket = this.#buckets.get(address) ?? { tokens: burst, atMs: nowMs }
    this.#buckets.delete(address)
    const tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * requestsPerSecond)
    const enough = tokens >= 1
    this.#buckets.set(address, { tokens: enough ? tokens - 1 : tokens, atMs: nowMs })
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > MAX_TRACKED && oldest !== undefined) this.#buckets.delete(oldest)
    if (enough) return
    throw new Problem('rate_limited', { expected: `at most ${requestsPerSecond} requests a second` })
  }

  /** Runs `work` unless as many as are allowed, for this address or for all, are running. */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    const { concurrent, concurrentPerAddress } = this.#limits
    const active = this.#active.get(address) ?? 0
    if (this.#activeOfAll >= concurrent)
      throw new Problem('rate_limited', { detail: 'The node answers as many requests as it can.' })
    if (active >= concurrentPerAddress)
      throw new Problem('rate_limited', { expected: `at most ${concurrentPerAddress} requests at a time` })
    this.#activeOfAll += 1
    this.#active.set(address, active + 1)
    try {
      return await work()
    } finally {
      this.#activeOfAll -= 1
      const left = (this.#active.get(address) ?? 1) - 1
      if (left > 0) this.#active.set(address, left)
      else this.#active.delete(address)
    }
  }
}
