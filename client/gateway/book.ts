/** What a gateway writes down: each turn before its voucher is signed and after its receipt, and whom it no longer trusts. */
import type { Hex } from '@grimoire/schema/hex'
import type { Receipt } from '@grimoire/schema/receipt'
import type { AtRisk } from '../pay-turn.ts'
import type { TurnResult } from '../turn.ts'

export type Reservation = {
  workId: string
  version: number
  operator: Hex
  channelId: Hex
  /** What the channel had been charged before, by this side's account. */
  beforeAtomic: bigint
  /** The most that this turn may cost. */
  maxAtomic: bigint
}

/** Of a turn’s result what a book reads; the receipt is kept whole. */
export type Settled = {
  receipt: Pick<Receipt, 'inputBytes' | 'outputBytes'>
  receiptSignature: Hex
  chargedAtomic: bigint
  agreed: Pick<TurnResult['agreed'], 'beforeAtomic' | 'channelId'>
}

export type SpendingRow = {
  day: string
  workId: string
  operator: Hex
  turns: number
  failedTurns: number
  chargedAtomic: bigint
  /** Not charged as far as is known, but signed for. */
  atRiskAtomic: bigint
  inputBytes: number
  outputBytes: number
}

export type Today = { day: string; spentAtomic: bigint; heldAtomic: bigint; capAtomic: bigint }

/** Kept by whoever runs the gateway. Each call is one step that another call cannot come between. */
export type Book = {
  /** Throws `daily_cap_reached` when this turn, at its most, would go beyond the day's cap. */
  reserve(turn: Reservation): string
  /**
   * Before a voucher leaves: what the channel had been charged by then, which a correction of the node's may have
   * raised since the turn was reserved, and up to which sum the voucher is. Throws `daily_cap_reached` like `reserve`.
   */
  hold(id: string, voucher: AtRisk): void
  settle(id: string, settled: Settled): void
  /** `atRisk` is whether a voucher for it may be in the node's hands. */
  fail(id: string, outcome: { code: string; atRisk: boolean }): void
  today(): Today
  spending(since: { days: number }): SpendingRow[]
  /** For good: a node that misstated a receipt is not paid again. */
  distrust(operator: Hex, code: string): void
  distrusted(): ReadonlySet<string>
}
