/** Follows the chain block by block: what ends a grant closes its work, and a payer's exit makes the till claim at once. */
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
  onWithdrawal(channelIds: Hex[]): Promise<void>
}

const withdrawal = parseAbiItem(
  'event WithdrawInitiated(bytes32 indexed channelId, uint128 amount, uint40 initiatedAt)',
)
const ENDING = ['TransferSingle', 'TransferBatch', 'GrantsRevoked', 'CopyOpened', 'AdmissionChanged'] as const

export class Watch {
  readonly #ledger: Ledger
  readonly #watching: Watching
  readonly #log: Log
  #next: bigint | undefined
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #sweptAtMs = 0
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

  async #step(): Promise<void> {
    const head = await this.#ledger.blockNumber()
    // A chain that was reset (a devnet) begins again below: so do we.
    let next: bigint = this.#next === undefined || head + 1n < this.#next ? head + 1n : this.#next
    while (next <= head && !this.#stopped) {
      const toBlock: bigint = head - next >= MAX_BLOCKS ? next + MAX_BLOCKS - 1n : head
      await this.#read(next, toBlock)
      next = toBlock + 1n
      this.#next = next
    }
    this.#next = next
    if (Date.now() - this.#sweptAtMs >= SWEEP_EVERY_MS) await this.#sweep()
  }

  async #read(fromBlock: bigint, toBlock: bigint): Promise<void> {
    const { addresses } = this.#ledger.options
    const range = { fromBlock, toBlock }
    const [works, withdrawals] = await Promise.all([
      this.#ledger.client.getLogs({ address: addresses.works, ...range }),
      this.#ledger.client.getLogs({ address: addresses.settlement, event: withdrawal, ...range }),
    ])
    const ending = parseEventLogs({ abi: worksAbi, logs: works, eventName: [...ENDING], strict: false })
    if (ending.length > 0) await this.#sweep()
    const channelIds = parseEventLogs({
      abi: settlementAbi,
      logs: withdrawals,
      eventName: 'WithdrawInitiated',
    }).map(log => log.args.channelId)
    if (channelIds.length > 0) await this.#watching.onWithdrawal(channelIds)
  }

  async #sweep(): Promise<void> {
    this.#sweptAtMs = Date.now()
    await this.#watching.onHoldersChanged()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }
}
