/** Deposits that the chain can still undo: until one is final, what turns may cost on the strength of it is capped. */
import { Problem } from '@grimoire/schema/problem'
import type { State } from '../state.ts'

export type UnfinalOptions = {
  /** Blocks on top of a deposit's that make it final: by depth, which every chain has. */
  finalAfterBlocks: number
  creditAtomic: bigint
  headNumber(): Promise<bigint>
}

type Standing = { channelId: string; chargedAtomic: bigint; maxChargeAtomic: bigint }

export class UnfinalDeposits {
  readonly #state: State
  readonly #options: UnfinalOptions

  constructor(state: State, options: UnfinalOptions) {
    this.#state = state
    this.#options = options
  }

  /** A deposit stands in a block, that of now or one just before. `finalAtomic` is what was in the channel before it. */
  async made(channelId: string, finalAtomic: bigint): Promise<void> {
    if (this.#options.finalAfterBlocks === 0) return
    const block = await this.#options.headNumber()
    const before = this.#read(channelId)
    const surely = before && before.finalAtomic < finalAtomic ? before.finalAtomic : finalAtomic
    this.#state
      .prepare('INSERT OR REPLACE INTO deposit_unfinal VALUES (?, ?, ?)')
      .run(channelId.toLowerCase(), String(block), String(surely))
  }

  #read(channelId: string): { block: bigint; finalAtomic: bigint } | null {
    const row = this.#state
      .prepare('SELECT block, final_atomic FROM deposit_unfinal WHERE channel_id = ?')
      .get(channelId.toLowerCase())
    return row ? { block: BigInt(String(row.block)), finalAtomic: BigInt(String(row.final_atomic)) } : null
  }

  /** Before a deposit is taken: the turn that brings it has to fit into the credit, or it would deposit and be refused. */
  requireFits({ chargedAtomic, maxChargeAtomic }: Omit<Standing, 'channelId'>, balanceAtomic: bigint): void {
    if (this.#options.finalAfterBlocks === 0) return
    this.#require(chargedAtomic + maxChargeAtomic, balanceAtomic)
  }

  /** Says whether a deposit became final just now: then the chain is to be asked what really is in the channel. */
  async require({ channelId, chargedAtomic, maxChargeAtomic }: Standing): Promise<'final' | 'became final'> {
    const row = this.#read(channelId)
    if (!row) return 'final'
    if ((await this.#options.headNumber()) >= row.block + BigInt(this.#options.finalAfterBlocks)) {
      this.#state.prepare('DELETE FROM deposit_unfinal WHERE channel_id = ?').run(channelId.toLowerCase())
      return 'became final'
    }
    this.#require(chargedAtomic + maxChargeAtomic, row.finalAtomic)
    return 'final'
  }

  #require(upToAtomic: bigint, finalAtomic: bigint): void {
    const mostAtomic = finalAtomic + this.#options.creditAtomic
    if (upToAtomic <= mostAtomic) return
    throw new Problem('deposit_not_final', {
      got: `turns of up to ${upToAtomic} in this channel`,
      expected: `at most ${mostAtomic} until ${this.#options.finalAfterBlocks} blocks stand on the deposit’s`,
    })
  }
}
