/** How many free turns of today each wallet has had: kept in the state, so that a restart gives nobody more. */
import { Problem } from '@grimoire/schema/problem'
import type { State } from '../state.ts'

export type DraftLimits = {
  /** Of one wallet; 0 means that the node runs no drafts. */
  turnsPerDay: number
  turnsPerDayInAll: number
}

const DAY_MS = 86_400_000
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export class Allowance {
  readonly #state: State
  readonly #limits: DraftLimits
  readonly #now: () => number

  constructor(state: State, limits: DraftLimits, now: () => number = Date.now) {
    this.#state = state
    this.#limits = limits
    this.#now = now
  }

  #count(sql: string, ...args: string[]): number {
    return Number(this.#state.prepare(sql).get(...args)?.turns ?? 0)
  }

  left(wallet: string): number {
    const day = dayOf(this.#now())
    const ofWallet = 'SELECT turns FROM draft_use WHERE day = ? AND wallet = ?'
    const used = this.#count(ofWallet, day, wallet.toLowerCase())
    const usedInAll = this.#count('SELECT sum(turns) AS turns FROM draft_use WHERE day = ?', day)
    const { turnsPerDay, turnsPerDayInAll } = this.#limits
    return Math.max(0, Math.min(turnsPerDay - used, turnsPerDayInAll - usedInAll))
  }

  requireLeft(wallet: string): void {
    const { turnsPerDay, turnsPerDayInAll } = this.#limits
    if (this.left(wallet) > 0) return
    const nowMs = this.#now()
    throw new Problem('drafts_spent', {
      got: wallet,
      expected: `at most ${turnsPerDay} turns a day for a wallet, ${turnsPerDayInAll} for all`,
      extra: { retryAfterSeconds: Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1000) },
    })
  }

  /** Counted before the turn runs; the returned function takes it back, when the turn failed. */
  take(wallet: string): () => void {
    this.requireLeft(wallet)
    const key = [dayOf(this.#now()), wallet.toLowerCase()] as const
    this.#state.prepare('DELETE FROM draft_use WHERE day < ?').run(key[0])
    this.#state
      .prepare(
        'INSERT INTO draft_use VALUES (?, ?, 1) ON CONFLICT (day, wallet) DO UPDATE SET turns = turns + 1',
      )
      .run(...key)
    return () => {
      this.#state.prepare('UPDATE draft_use SET turns = turns - 1 WHERE day = ? AND wallet = ?').run(...key)
    }
  }
}
