/** Follows the chain block by block: what ends a grant closes its work, and a payer's exit makes the till claim at once. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { parseAbiItem, parseEventLogs } from 'viem'
import { type Log, reasonOf } from '../log.ts'
import type { Ledger } from './ledger.ts'

/** Far enough for an RPC that limits ranges; a longer absence is caught up in several steps. */
const MAX_BLOCKS = 1_000n
/** Standing changes without an event too: bonds, admissions, expiry. */
const SWEEP_EVERY_MS = 15_000

export type Watching = {
  /** Something happened after which fewer works may have to be open. */
  onHoldersChanged(): Promise<void>
  /** Returns at once: a claim that waits or fails must not hold up what else is watched. */
  onWithdrawal(channelIds: Hex[]): void
}

const withdrawal = parseAbiItem(
  'event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 initiatedAt)',
)
const ENDING = ['TransferSingle', 'TransferBatch', 'GrantsRevoked', 'CopyOpened', 'AdmissionChanged'] as const
const ENDING_ABI = [...worksAbi, ...admissionsAbi] as const

export class Watch {
  readonly #ledger: Ledger
  readonly #watching: Watching
  readonly #log: Log
  #next: bigint | undefined
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
    const head = await this.#ledger.blockNumber()
    // A chain that was reset (a devnet) begins again below: so do we.
    let next: bigint = this.#next === undefined || head + 1n < this.#next ? head + 1n : this.#next
    while (next <= head && !this.#stopped) {
      const toBlock: bigint = head - next >= MAX_BLOCKS ? next + MAX_BLOCKS - 1n : head
      const channelIds = await this.#read(next, toBlock)
      next = toBlock + 1n
      this.#next = next
      if (channelIds.length > 0) this.#watching.onWithdrawal(channelIds)
    }
    this.#next = next
  }

  /** Notes that a sweep is due, and returns the channels that are being emptied. */
  async #read(fromBlock: bigint, toBlock: bigint): Promise<Hex[]> {
    const { addresses } = this.#ledger.options
    const range = { fromBlock, toBlock }
    const [works, withdrawals] = await Promise.all([
      this.#ledger.client.getLogs({ address: [addresses.works, addresses.admissions], ...range }),
      this.#ledger.client.getLogs({ address: addresses.settlement, event: withdrawal, ...range }),
    ])
    const ending = parseEventLogs({ abi: ENDING_ABI, logs: works, eventName: [...ENDING], strict: false })
    if (ending.length > 0) this.#sweepDue = true
    return parseEventLogs({
      abi: settlementAbi,
      logs: withdrawals,
      eventName: 'WithdrawInitiated',
    }).map(log => log.args.channelId)
  }

  async #sweep(): Promise<void> {
    this.#sweptAtMs = Date.now()
    this.#sweepDue = true
    await this.#watching.onHoldersChanged()
    this.#sweepDue = false
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }
}
