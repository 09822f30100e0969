/** Money that waits for a work which this node cannot open any more goes back to its payers, unasked and at the node's gas. */
import type { Channel } from '@x402/evm/batch-settlement/server'
import { type Log, reasonOf } from '../log.ts'
import type { Splitters, SqliteChannels } from './channels.ts'
import { REFUND_EVERY_MS } from './rules.ts'
import type { Settlement } from './settlement.ts'

/** The reason for which no turn of this work can be answered here, as long as nobody mends it; null when one may be. */
export type WhyNever = (workId: string) => Promise<string | null>

export type ReturnsOptions = {
  channels: SqliteChannels
  splitters: Splitters
  settlement: Settlement
  whyNever: WhyNever
  log: Log
}

const restAtomic = ({ balance, chargedCumulativeAmount }: Channel): bigint =>
  BigInt(balance) - BigInt(chargedCumulativeAmount)

/** A payer who leaves by the chain gets the rest there; one whose turn runs still needs it. */
const waits = (channel: Channel): boolean =>
  restAtomic(channel) > 0n && channel.withdrawRequestedAt === 0 && channel.pendingRequest === undefined

export class Returns {
  readonly #options: ReturnsOptions
  /** As with a refund that is asked for: whoever fills channels to have them emptied waits between two. */
  readonly #paidAtMs = new Map<string, number>()

  constructor(options: ReturnsOptions) {
    this.#options = options
  }

  /** One that fails keeps none of the others waiting; it is tried again the next time. */
  async run(nowMs = Date.now()): Promise<void> {
    for (const [payer, atMs] of this.#paidAtMs)
      if (nowMs - atMs >= REFUND_EVERY_MS) this.#paidAtMs.delete(payer)
    const { channels, splitters, log } = this.#options
    const waiting = Map.groupBy((await channels.list()).filter(waits), ({ channelConfig }) =>
      channelConfig.receiver.toLowerCase(),
    )
    for (const { address, workId } of splitters.list()) {
      const ofWork = waiting.get(address.toLowerCase())
      const reason = ofWork && (await this.#options.whyNever(workId).catch(() => null))
      if (!reason) continue
      for (const channel of ofWork) {
        await this.#giveBack(channel, { workId, reason }, nowMs).catch(error =>
          log({ event: 'return_failed', workId, channelId: channel.channelId, reason: reasonOf(error) }),
        )
      }
    }
  }

  async #giveBack(channel: Channel, why: { workId: string; reason: string }, nowMs: number): Promise<void> {
    const payer = channel.channelConfig.payer.toLowerCase()
    if (this.#paidAtMs.has(payer)) return
    const { channelId } = channel
    const transaction = await this.#options.settlement.refund(channel, restAtomic(channel))
    if (!transaction) return
    this.#paidAtMs.set(payer, nowMs)
    this.#options.log({ event: 'rest_returned', channelId, transaction, ...why })
  }
}
