/** The payee's half of every payment channel, in SQLite: whoever is told that a voucher was taken, it is on the disk. */
import type { Channel, ChannelStorage, ChannelUpdateResult } from '@x402/evm/batch-settlement/server'
import { flushOf } from '../flush.ts'
import type { State } from '../state.ts'

/** What is written in the same transaction as the charge that brings a channel to this sum. */
type Alongside = { cumulativeAtomic: string; write(): void }
type Update = (current: Channel | undefined) => Channel | undefined

const UPSERT = `INSERT INTO channel VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
  SET charged = excluded.charged, claimed = excluded.claimed, json = excluded.json`

/** A channel pays no more than what is in it. */
export const coveredAtomic = ({ chargedCumulativeAmount, balance }: Channel): bigint => {
  const [charged, held] = [BigInt(chargedCumulativeAmount), BigInt(balance)]
  return charged < held ? charged : held
}

const movesMoney = (before: Channel | undefined, after: Channel | undefined): boolean =>
  !before ||
  !after ||
  before.chargedCumulativeAmount !== after.chargedCumulativeAmount ||
  before.totalClaimed !== after.totalClaimed ||
  before.balance !== after.balance ||
  before.withdrawRequestedAt !== after.withdrawRequestedAt

/** x402's storage port. `update` is synchronous, so one immediate transaction makes it atomic, across processes too. */
export class SqliteChannels implements ChannelStorage {
  readonly #state: State
  readonly #alongside = new Map<string, Alongside>()
  readonly #writtenOff = new Set<string>()
  #unclaimedAtomic = 0n

  constructor(state: State) {
    this.#state = state
    this.recount()
  }

  /** Charged, covered by its channel, and not claimed, over all channels. */
  get unclaimedAtomic(): bigint {
    return this.#unclaimedAtomic
  }

  /** Adds it up anew. */
  recount(): void {
    const rows = this.#state.prepare('SELECT json FROM channel WHERE charged <> claimed').all()
    this.#unclaimedAtomic = rows.reduce((sum, row) => sum + this.#owed(JSON.parse(String(row.json))), 0n)
  }

  /** The chain refuses this claim: it is lost, and no reason to serve nobody else. */
  writeOff(channelId: string): void {
    this.#writtenOff.add(channelId.toLowerCase())
    this.recount()
  }

  #owed(channel: Channel | undefined): bigint {
    if (!channel || this.#writtenOff.has(channel.channelId.toLowerCase())) return 0n
    const owed = coveredAtomic(channel) - BigInt(channel.totalClaimed)
    return owed > 0n ? owed : 0n
  }

  async get(channelId: string): Promise<Channel | undefined> {
    return this.#read(channelId.toLowerCase())
  }

  /** The payer itself signed for this channel and its key, with a deposit that was checked here. */
  vouch(channelId: string): void {
    this.#state.prepare('INSERT OR IGNORE INTO channel_vouched VALUES (?)').run(channelId.toLowerCase())
  }

  /** Not so of a channel that was filled elsewhere: anybody may put money in one that names another as its payer. */
  isVouched(channelId: string): boolean {
    return (
      this.#state.prepare('SELECT 1 FROM channel_vouched WHERE id = ?').get(channelId.toLowerCase()) !==
      undefined
    )
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

  /** Both stand or neither: the next charge of this channel, if it comes to this sum, and what `write` writes. */
  alongside(channelId: string, alongside: Alongside): () => void {
    const id = channelId.toLowerCase()
    this.#alongside.set(id, alongside)
    return () => void (this.#alongside.get(id) === alongside && this.#alongside.delete(id))
  }

  /**
   * Resolves when the change survives a power cut; many that come together share one flush. That a turn holds the channel
   * is no such change: after a restart none does, and its voucher is worth nothing until something is charged on it.
   */
  async updateChannel(channelId: string, update: Update): Promise<ChannelUpdateResult> {
    const { before, ...result } = this.#commit(channelId.toLowerCase(), update)
    if (result.status !== 'unchanged' && movesMoney(before, result.channel)) await flushOf(this.#state).done()
    return result
  }

  #commit(id: string, update: Update): ChannelUpdateResult & { before: Channel | undefined } {
    this.#state.exec('BEGIN IMMEDIATE')
    try {
      const result = this.#apply(id, update)
      this.#state.exec('COMMIT')
      this.#unclaimedAtomic += this.#owed(result.channel) - this.#owed(result.before)
      return result
    } catch (error) {
      // A full disk ends a transaction by itself.
      if (this.#state.isTransaction) this.#state.exec('ROLLBACK')
      throw error
    }
  }

  #apply(id: string, update: Update): ChannelUpdateResult & { before: Channel | undefined } {
    const current = this.#read(id)
    const next = update(current)
    const before = current
    if (next === current) return { before, channel: current, status: 'unchanged' }
    if (!next) {
      this.#state.prepare('DELETE FROM channel WHERE id = ?').run(id)
      return { before, channel: undefined, status: 'deleted' }
    }
    this.#state.prepare(UPSERT).run(id, next.chargedCumulativeAmount, next.totalClaimed, JSON.stringify(next))
    const beside = this.#alongside.get(id)
    const charging = current?.pendingRequest !== undefined && next.pendingRequest === undefined
    if (charging && beside?.cumulativeAtomic === next.chargedCumulativeAmount) beside.write()
    return { before, channel: next, status: 'updated' }
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
