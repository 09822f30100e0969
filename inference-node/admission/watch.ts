/** Follows the chain block by block: what ends a grant closes its work, and a payer's exit makes the till claim at once. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { parseEventLogs } from 'viem'
import { type Log, reasonOf } from '../log.ts'
import { holderTopic, operatorTopic, type Topic, workTopic } from './followed.ts'
import type { Head, Ledger } from './ledger.ts'

/** Far enough for an RPC that limits ranges; a longer absence is caught up in several steps. */
const MAX_BLOCKS = 1_000n
/** Standing changes without an event too: bonds, admissions, expiry. */
const SWEEP_EVERY_MS = 15_000
/** What is read again when blocks were undone: deeper than that no chain of ours goes back. */
const UNDONE_BLOCKS = 64n

export type Watching = {
  /**
   * Something happened after which fewer works may have to be open; `anew` when only time has passed. Says whether the
   * chain answered all that this asked: else it is called again at the next step.
   */
  onHoldersChanged(anew: boolean): Promise<boolean>
  /** Returns at once: a claim that waits or fails must not hold up what else is watched. */
  onWithdrawal(channelIds: Hex[]): void
  /** These were paid out what was withdrawn; what is left in them pays again. Returns at once too. */
  onWithdrawn(channelIds: Hex[]): void
}

const EXITS = settlementAbi.filter(
  item => item.type === 'event' && (item.name === 'WithdrawInitiated' || item.name === 'WithdrawFinalized'),
) as readonly Exit[] // Safety: the two that the filter lets through.
type Exit = Extract<(typeof settlementAbi)[number], { name: 'WithdrawInitiated' | 'WithdrawFinalized' }>
const ENDING = ['TransferSingle', 'TransferBatch', 'GrantsRevoked', 'CopyOpened', 'AdmissionChanged'] as const
const LEDGER_ABI = [...worksAbi, ...admissionsAbi, ...operatorsAbi] as const

export class Watch {
  readonly #ledger: Ledger
  readonly #watching: Watching
  readonly #log: Log
  #next: bigint | undefined
  #seen: { number: bigint; hash: Hex } | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #sweptAtMs = 0
  /** Something ended and its sweep has not succeeded yet: it is tried again at every step until it does. */
  #sweepDue = false
  #stopped = false

  constructor(ledger: Ledger, watching: Watching, log: Log) {
    this.#ledger = ledger
    this.#watching = watching
    this.#log = log
  }

  start(everyMs = 500): void {
    const tick = () => {
      this.#running = this.#step().catch(error =>
        this.#log({ event: 'watch_failed', reason: reasonOf(error) }),
      )
      void this.#running.then(() => {
        if (!this.#stopped) this.#timer = setTimeout(tick, everyMs)
      })
    }
    tick()
  }

  /** Blocks that cannot be read are read again at the next step, and keep no sweep from its time. */
  async #step(): Promise<void> {
    try {
      await this.#follow()
    } finally {
      if (this.#sweepDue || Date.now() - this.#sweptAtMs >= SWEEP_EVERY_MS) await this.#sweep()
    }
  }

  async #follow(): Promise<void> {
    const { followed } = this.#ledger
    const askedAtMs = Date.now()
    const head = await this.#ledger.head()
    let next = await this.#firstUnread(head)
    while (next <= head.number && !this.#stopped) {
      const toBlock: bigint = head.number - next >= MAX_BLOCKS ? next + MAX_BLOCKS - 1n : head.number
      const { leaving, left } = await this.#read(next, toBlock)
      next = toBlock + 1n
      this.#next = next
      if (leaving.length > 0) this.#watching.onWithdrawal(leaving)
      if (left.length > 0) this.#watching.onWithdrawn(left)
    }
    this.#next = next
    this.#seen = head
    followed.saw(askedAtMs, head.number)
  }

  /** The block after the last one read; further back when that one was undone, by a reorganisation or a new devnet. */
  async #firstUnread(head: Head): Promise<bigint> {
    const [seen, next] = [this.#seen, this.#next]
    if (seen && next !== undefined && (await this.#follows(seen, head))) return next
    this.#ledger.followed.reset()
    if (!seen) return next ?? head.number + 1n
    this.#sweepDue = true
    return blocksBefore(seen.number > head.number ? head : seen)
  }

  async #follows(seen: Head, head: Head): Promise<boolean> {
    if (head.number < seen.number) return false
    if (head.number === seen.number) return head.hash === seen.hash
    const { hash } = await this.#ledger.head(seen.number)
    return hash === seen.hash
  }

  /** Notes that a sweep is due and what may have changed, and returns the channels that are, or were, emptied. */
  async #read(fromBlock: bigint, toBlock: bigint): Promise<{ leaving: Hex[]; left: Hex[] }> {
    const { works: worksAddress, admissions, operators, settlement } = this.#ledger.options.addresses
    const range = { fromBlock, toBlock }
    const [logs, withdrawals] = await Promise.all([
      this.#ledger.client.getLogs({ address: [worksAddress, admissions, operators], ...range }),
      this.#ledger.client.getLogs({ address: settlement, events: EXITS, ...range }),
    ])
    const events = parseEventLogs({ abi: LEDGER_ABI, logs, strict: false })
    this.#ledger.followed.touch(events.flatMap(topicsOf))
    const ending: readonly string[] = ENDING
    if (events.some(({ eventName }) => ending.includes(eventName))) this.#sweepDue = true
    // The last word on each channel counts: it may be emptied, and left, and emptied again.
    const exits = parseEventLogs({ abi: EXITS, logs: withdrawals })
    const last = new Map(exits.map(({ args, eventName }) => [args.channelId, eventName]))
    const of = (name: Exit['name']) =>
      [...last].filter(([, is]) => is === name).map(([channelId]) => channelId)
    return { leaving: of('WithdrawInitiated'), left: of('WithdrawFinalized') }
  }

  async #sweep(): Promise<void> {
    const anew = Date.now() - this.#sweptAtMs >= SWEEP_EVERY_MS
    if (anew) this.#sweptAtMs = Date.now()
    this.#sweepDue = true
    this.#sweepDue = !(await this.#watching.onHoldersChanged(anew))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }
}

const blocksBefore = ({ number }: Head): bigint => (number > UNDONE_BLOCKS ? number - UNDONE_BLOCKS : 0n)

/** Whose facts an event may have changed: by the names that the ledger's events give their parts. */
function topicsOf({ args }: { args: unknown }): Topic[] {
  const parts = new Map(Object.entries(typeof args === 'object' && args !== null ? args : {}))
  const of = (names: readonly string[], topic: (value: string) => Topic) =>
    names.flatMap(name => (parts.has(name) ? [topic(String(parts.get(name)))] : []))
  return [
    ...of(['from', 'to', 'holder'], holderTopic),
    ...of(['workId', 'id'], workTopic),
    ...(Array.isArray(parts.get('ids')) ? parts.get('ids').map(workTopic) : []),
    ...of(['operator'], operatorTopic),
  ]
}
