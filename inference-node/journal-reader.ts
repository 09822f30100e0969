/** The journal as its operator reads it, beside a node that runs or without one: totals, rows by time, refusals, claims. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from '@grimoire/schema/problem'
import { type SignedReceipt, signedReceipt } from '@grimoire/schema/receipt'
import type { ClaimedRow, ClaimedState } from './journal.ts'
import { requireStep, type State } from './state.ts'

/** From `fromSeconds` on, and before `toSeconds`. */
export type Span = { fromSeconds?: number; toSeconds?: number }

export type JournalTotals = {
  turns: number
  inputBytes: number
  outputBytes: number
  inputTokens: number
  outputTokens: number
  /** What turns of this span were charged, before the work's terms divide it. */
  earnedAtomic: string
}

/** What the open channels stand at now. */
export type ChannelTotals = {
  channels: number
  /** Charged, and not claimed on the chain as far as this node knows. */
  unclaimedAtomic: string
  /** Of it, what payers owe who are emptying their channels: it has to be claimed before their delay is over. */
  leavingAtomic: string
  /** Charged above what the channels hold: lost. */
  uncoveredAtomic: string
  /** What losing this database now would cost: everything unclaimed that is still covered. */
  atRiskAtomic: string
  /** When the channel that owes something and was quiet for longest was last used. */
  oldestSeconds: number | null
  /** Channels in which an answer is under way, or was when a node died. */
  held: number
}

export type TurnRow = {
  id: string
  sequence: number
  firstTokenMs: number
  totalMs: number
  endedAtSeconds: number
  signed: SignedReceipt
}

export type RefusalRow = { day: string; workId: string; code: string; count: number }
export type WorkTotals = JournalTotals & { workId: string }

const SUMS = `count(*) AS turns,
  coalesce(sum(signed_receipt ->> '$.receipt.inputBytes'), 0) AS input_bytes,
  coalesce(sum(signed_receipt ->> '$.receipt.outputBytes'), 0) AS output_bytes,
  coalesce(sum(signed_receipt ->> '$.receipt.inputTokens'), 0) AS input_tokens,
  coalesce(sum(signed_receipt ->> '$.receipt.outputTokens'), 0) AS output_tokens,
  coalesce(sum(CAST(signed_receipt ->> '$.receipt.chargedAtomic' AS INTEGER)), 0) AS earned`
const WITHIN = 'ended_at_seconds >= ? AND ended_at_seconds < ?'
const CHANNEL_SUMS = `count(*) AS channels,
  coalesce(sum(max(0, charged - claimed)), 0) AS unclaimed,
  coalesce(sum(CASE WHEN json ->> '$.withdrawRequestedAt' > 0 THEN max(0, charged - claimed) END), 0) AS leaving,
  coalesce(sum(max(0, charged - max(claimed, balance))), 0) AS uncovered,
  min(CASE WHEN charged > claimed THEN json ->> '$.lastRequestTimestamp' END) AS oldest_ms,
  coalesce(sum(json ->> '$.pendingRequest' IS NOT NULL), 0) AS held`
const CHANNELS = `SELECT CAST(charged AS INTEGER) AS charged, CAST(claimed AS INTEGER) AS claimed,
  CAST(json ->> '$.balance' AS INTEGER) AS balance, json FROM channel`

const PAGE_ROWS = 1_000
const PAGE = `SELECT * FROM turn WHERE (ended_at_seconds, id) > (?, ?) AND ended_at_seconds < ?
  ORDER BY ended_at_seconds, id LIMIT ${PAGE_ROWS}`

type Values = Record<string, unknown>

const bounds = ({ fromSeconds = 0, toSeconds = Number.MAX_SAFE_INTEGER }: Span) => [fromSeconds, toSeconds]

const totalsOf = (row: Values): JournalTotals => ({
  turns: Number(row.turns),
  inputBytes: Number(row.input_bytes),
  outputBytes: Number(row.output_bytes),
  inputTokens: Number(row.input_tokens),
  outputTokens: Number(row.output_tokens),
  earnedAtomic: String(row.earned),
})

const turnOf = (row: Values): TurnRow => ({
  id: String(row.id),
  sequence: Number(row.sequence),
  firstTokenMs: Number(row.first_token_ms),
  totalMs: Number(row.total_ms),
  endedAtSeconds: Number(row.ended_at_seconds),
  signed: signedReceipt.parse(JSON.parse(String(row.signed_receipt))),
})

export class JournalReader {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  /** Opens a node's directory for reading only; a node that serves from it is not disturbed. */
  static open(directory: string): JournalReader {
    const path = join(directory, 'node.sqlite')
    if (!existsSync(path)) {
      throw new Problem('config_invalid', {
        param: 'directory',
        got: `${path}, which is not there`,
        expected: 'the directory of a node that ran at least once',
      })
    }
    const state = new DatabaseSync(path, { readOnly: true })
    try {
      state.exec('PRAGMA busy_timeout = 5000')
      requireStep(state)
    } catch (error) {
      state.close()
      throw error
    }
    return new JournalReader(state)
  }

  close(): void {
    this.#state.close()
  }

  totals(span: Span = {}): JournalTotals {
    return totalsOf(this.#one(`SELECT ${SUMS} FROM turn WHERE ${WITHIN}`, bounds(span)))
  }

  totalsByWork(span: Span = {}): WorkTotals[] {
    const work = `signed_receipt ->> '$.receipt.workId'`
    const sql = `SELECT ${work} AS work_id, ${SUMS} FROM turn WHERE ${WITHIN} GROUP BY 1 ORDER BY turns DESC, 1`
    return this.#all(sql, bounds(span)).map(row => ({ workId: String(row.work_id), ...totalsOf(row) }))
  }

  channels(): ChannelTotals {
    const row = this.#one(`SELECT ${CHANNEL_SUMS} FROM (${CHANNELS})`)
    const [unclaimed, uncovered] = [BigInt(String(row.unclaimed)), BigInt(String(row.uncovered))]
    return {
      channels: Number(row.channels),
      unclaimedAtomic: String(unclaimed),
      leavingAtomic: String(row.leaving),
      uncoveredAtomic: String(uncovered),
      atRiskAtomic: String(unclaimed - uncovered),
      oldestSeconds: row.oldest_ms === null ? null : Math.floor(Number(row.oldest_ms) / 1000),
      held: Number(row.held),
    }
  }

  /** Page by page: years of turns are not held in memory, and a reader who dawdles holds up no checkpoint of the node. */
  *turns(span: Span = {}): Generator<TurnRow> {
    const statement = this.#state.prepare(PAGE)
    const [start = 0, to = 0] = bounds(span)
    let [from, after] = [start, '']
    for (;;) {
      const page = statement.all(from, after, to).map(turnOf)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE_ROWS) return
      ;({ endedAtSeconds: from, id: after } = last)
    }
  }

  /** By day (UTC), work and reason; days as in `2026-11-26`, both included. */
  refusals({ fromDay = '', toDay = '9999' }: { fromDay?: string; toDay?: string } = {}): RefusalRow[] {
    const sql = 'SELECT * FROM refusal WHERE day >= ? AND day <= ? ORDER BY day, count DESC, code, work_id'
    return this.#all(sql, [fromDay, toDay]).map(row => ({
      day: String(row.day),
      workId: String(row.work_id),
      code: String(row.code),
      count: Number(row.count),
    }))
  }

  /** In the order in which they were sent. One that is `gone` moved nothing; what it was for was done by a later one. */
  claims(span: Span = {}): (ClaimedRow & { atSeconds: number; state: ClaimedState })[] {
    const sql = 'SELECT * FROM claimed WHERE at_seconds >= ? AND at_seconds < ? ORDER BY id'
    return this.#all(sql, bounds(span)).map(row => ({
      atSeconds: Number(row.at_seconds),
      kind: String(row.kind) as ClaimedRow['kind'], // Safety: only `Journal.claimed` writes these.
      txHash: String(row.tx_hash),
      vouchers: Number(row.vouchers),
      amountAtomic: String(row.amount_atomic),
      state: String(row.state) as ClaimedState, // Safety: as above.
    }))
  }

  /** Sums may be larger than a double holds. */
  #all(sql: string, values: (string | number)[] = []): Values[] {
    const statement = this.#state.prepare(sql)
    statement.setReadBigInts(true)
    return statement.all(...values)
  }

  #one(sql: string, values: (string | number)[] = []): Values {
    return this.#all(sql, values)[0] ?? {}
  }
}
