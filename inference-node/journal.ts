/** What this node did, for its operator: turns with their receipts, refusals by reason, transactions. No text is in it. */
import type { SignedReceipt } from '@grimoire/schema/receipt'
import type { State } from './state.ts'

export type AnsweredTurn = {
  id: string
  sequence: number
  /** The hash that the channel's next receipt names. */
  receiptHash: string
  signed: SignedReceipt
  firstTokenMs: number
  totalMs: number
}

export type ClaimedRow = {
  kind: 'claim' | 'settle' | 'collect' | 'refund'
  txHash: string
  vouchers: number
  amountAtomic: string
}

/**
 * `sent` before anybody has it, `mined`, and `final` when no reorganisation is to be expected any more. What vanished
 * from the chain, was refused by it or never reached it is `gone`, and its work is done again by another transaction.
 */
export type ClaimedState = 'sent' | 'mined' | 'final' | 'gone'
export type OpenClaim = ClaimedRow & { atSeconds: number; state: ClaimedState; channels: string[] }

const nowSeconds = () => Math.floor(Date.now() / 1000)

export class Journal {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  answered({ id, sequence, receiptHash, signed, firstTokenMs, totalMs }: AnsweredTurn): void {
    const { channelId, servedAtSeconds } = signed.receipt
    const times = [Math.round(firstTokenMs), Math.round(totalMs), servedAtSeconds]
    this.#state
      .prepare('INSERT INTO turn VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, channelId.toLowerCase(), sequence, receiptHash, JSON.stringify(signed), ...times)
  }

  /** The channel's newest receipt: the next one follows it. */
  last(channelId: string): { sequence: number; receiptHash: string } | null {
    const row = this.#state
      .prepare('SELECT sequence, receipt_hash FROM turn WHERE channel_id = ? ORDER BY sequence DESC LIMIT 1')
      .get(channelId.toLowerCase())
    return row ? { sequence: Number(row.sequence), receiptHash: String(row.receipt_hash) } : null
  }

  refused(workId: string, code: string, times = 1): void {
    const day = new Date().toISOString().slice(0, 10)
    this.#state
      .prepare(
        'INSERT INTO refusal VALUES (?, ?, ?, ?) ON CONFLICT (day, work_id, code) DO UPDATE SET count = count + excluded.count',
      )
      .run(day, workId, code, times)
  }

  /** Written before the transaction is sent; `channels` are those whose vouchers it claims. */
  claimed({ kind, txHash, vouchers, amountAtomic }: ClaimedRow, channels: readonly string[] = []): void {
    this.#state
      .prepare(
        `INSERT INTO claimed (at_seconds, kind, tx_hash, vouchers, amount_atomic, state, channels)
         VALUES (?, ?, ?, ?, ?, 'sent', ?)`,
      )
      .run(nowSeconds(), kind, txHash, vouchers, amountAtomic, JSON.stringify(channels))
  }

  /** Transactions that may still come or go, oldest first. */
  openClaims(): OpenClaim[] {
    const rows = this.#state
      .prepare("SELECT * FROM claimed WHERE state IN ('sent', 'mined') ORDER BY id")
      .all()
    return rows.map(row => ({
      kind: String(row.kind) as ClaimedRow['kind'], // Safety: only `claimed` writes these.
      txHash: String(row.tx_hash),
      vouchers: Number(row.vouchers),
      amountAtomic: String(row.amount_atomic),
      atSeconds: Number(row.at_seconds),
      state: String(row.state) as ClaimedState, // Safety: as above.
      channels: JSON.parse(String(row.channels)) as string[], // Safety: as above.
    }))
  }

  claimIs(txHash: string, state: ClaimedState): void {
    this.#state.prepare('UPDATE claimed SET state = ? WHERE tx_hash = ?').run(state, txHash)
  }
}
