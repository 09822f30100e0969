/** The payee's half of every payment channel, in SQLite: a voucher that was acknowledged is on the disk. */
import type { Channel, ChannelStorage, ChannelUpdateResult } from '@x402/evm/batch-settlement/server'
import type { State } from '../state.ts'

type Update = (current: Channel | undefined) => Channel | undefined

const UPSERT = `INSERT INTO channel VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
  SET charged = excluded.charged, claimed = excluded.claimed, json = excluded.json`

/** x402's storage port. `update` is synchronous, so one immediate transaction makes it atomic, across processes too. */
export class SqliteChannels implements ChannelStorage {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  async get(channelId: string): Promise<Channel | undefined> {
    return this.#read(channelId.toLowerCase())
  }

  async list(): Promise<Channel[]> {
    const rows = this.#state.prepare('SELECT json FROM channel ORDER BY id').all()
    return rows.map(row => JSON.parse(String(row.json)) as Channel) // Safety: only `updateChannel` writes these.
  }

  /** What a crash left held: no answer is under way in a node that only begins, so no payer has to wait for it. */
  async freeAll(): Promise<void> {
    for (const { channelId } of await this.list()) {
      await this.updateChannel(channelId, current => {
        if (!current?.pendingRequest) return current
        const { pendingRequest: _, ...free } = current
        return free
      })
    }
  }

  async updateChannel(channelId: string, update: Update): Promise<ChannelUpdateResult> {
    this.#state.exec('BEGIN IMMEDIATE')
    try {
      const result = this.#apply(channelId.toLowerCase(), update)
      this.#state.exec('COMMIT')
      return result
    } catch (error) {
      this.#state.exec('ROLLBACK')
      throw error
    }
  }

  #apply(id: string, update: Update): ChannelUpdateResult {
    const current = this.#read(id)
    const next = update(current)
    if (next === current) return { channel: current, status: 'unchanged' }
    if (!next) {
      this.#state.prepare('DELETE FROM channel WHERE id = ?').run(id)
      return { channel: undefined, status: 'deleted' }
    }
    this.#state.prepare(UPSERT).run(id, next.chargedCumulativeAmount, next.totalClaimed, JSON.stringify(next))
    return { channel: next, status: 'updated' }
  }

  #read(id: string): Channel | undefined {
    const row = this.#state.prepare('SELECT json FROM channel WHERE id = ?').get(id)
    return row && (JSON.parse(String(row.json)) as Channel) // Safety: as in `list`.
  }
}

/** Which work each splitter belongs to: after a restart the claims still know what to collect. */
export class Splitters {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  remember(address: string, workId: string): void {
    this.#state.prepare('INSERT OR IGNORE INTO splitter VALUES (?, ?)').run(address.toLowerCase(), workId)
  }

  list(): { address: `0x${string}`; workId: string }[] {
    const rows = this.#state.prepare('SELECT address, work_id FROM splitter ORDER BY address').all()
    // Safety: `remember` writes addresses only.
    return rows.map(row => ({ address: String(row.address) as `0x${string}`, workId: String(row.work_id) }))
  }
}
