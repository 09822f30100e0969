/** When vouchers become money: by the clock, when a payer leaves, when the node stops, and by hand. */
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import type { Hex } from '@grimoire/schema/hex'
import { reasonOf } from '../log.ts'
import { owedAtomic, Settlement, type SettlementOptions } from './settlement.ts'

export type ClaimsOptions = SettlementOptions & {
  /** The clock claims only when at least this is owed, or has been for a day: a claim costs gas. */
  minimumAtomic: bigint
}

export type Claimed = { vouchers: number; settled: number; collected: number; transactions: Hex[] }

const MAX_AGE_MS = 24 * 3_600_000
/** What a payer who leaves owes has to be claimed before the withdrawal delay is over, at least 900 seconds. */
const RETRY_MS = 10_000

export class Claims {
  readonly #options: ClaimsOptions
  readonly #settlement: Settlement
  #timer: NodeJS.Timeout | undefined
  readonly #retries = new Set<NodeJS.Timeout>()
  #stopped = false
  #running: Promise<Claimed> | undefined
  #again: Promise<Claimed> | undefined
  /** A step failed, or the last run belongs to a process that is gone: something may be left, whatever is owed. */
  #unfinished = true
  #owingSinceMs: number | undefined

  constructor(options: ClaimsOptions) {
    this.#options = options
    this.#settlement = new Settlement(options)
  }

  start(everySeconds: number): void {
    this.#timer = setInterval(() => void this.#claimWhenDue().catch(() => undefined), everySeconds * 1000)
    this.#urgently(() => this.#findExits())
  }

  async #claimWhenDue(): Promise<void> {
    const { channels, minimumAtomic } = this.#options
    const owing = (await channels.list()).filter(channel => owedAtomic(channel) > 0n)
    if (owing.length === 0) this.#owingSinceMs = undefined
    else this.#owingSinceMs ??= Date.now()
    const sum = owing.reduce((total, channel) => total + owedAtomic(channel), 0n)
    const old = this.#owingSinceMs !== undefined && Date.now() - this.#owingSinceMs >= MAX_AGE_MS
    const leaving = owing.some(({ withdrawRequestedAt }) => withdrawRequestedAt > 0)
    if (this.#unfinished || old || leaving || (sum > 0n && sum >= minimumAtomic)) await this.claimNow()
  }

  /**
   * Claims everything that was charged. Each step looks at the chain for what is left to do, so that it may be run
   * again after any crash. A call during a run waits for it and then runs once for all who wait.
   */
  claimNow(): Promise<Claimed> {
    if (!this.#running) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined
      })
      return this.#running
    }
    this.#again ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#again = undefined
        return this.claimNow()
      })
    return this.#again
  }

  /** A step that fails keeps none of the others from running. Throws when nothing at all could be done. */
  async #run(): Promise<Claimed> {
    const { log } = this.#options
    const failures: unknown[] = []
    const step = <T>(work: Promise<T>, nothing: T): Promise<T> =>
      work.catch(error => {
        failures.push(error)
        log({ event: 'claim_failed', reason: reasonOf(error) })
        return nothing
      })
    const claimed = await step(this.#settlement.claim(), { count: 0, transactions: [] })
    const settled = await step(this.#settlement.settle(), [])
    const collected = await step(this.#settlement.collect(), { count: 0, transactions: [] })
    const transactions = [...claimed.transactions, ...settled, ...collected.transactions]
    this.#unfinished = failures.length > 0
    if (!this.#unfinished) this.#owingSinceMs = undefined
    if (transactions.length > 0) log({ event: 'claimed', count: claimed.count })
    else if (failures.length > 0) throw failures[0]
    return { vouchers: claimed.count, settled: settled.length, collected: collected.count, transactions }
  }

  /** Runs a job aside, again and again until it succeeds: whoever asks for it has other things to follow. */
  #urgently(job: () => Promise<void>): void {
    const attempt = () =>
      void job().catch(error => {
        this.#options.log({ event: 'claim_failed', reason: reasonOf(error) })
        if (this.#stopped) return
        const timer = setTimeout(() => {
          this.#retries.delete(timer)
          attempt()
        }, RETRY_MS)
        this.#retries.add(timer)
      })
    attempt()
  }

  /** A payer began to empty a channel: what it owes is claimed before the delay is over. Returns at once. */
  onWithdrawal(channelIds: readonly Hex[]): void {
    this.#urgently(() => this.#claimLeaving(channelIds))
  }

  async #claimLeaving(channelIds: readonly Hex[]): Promise<void> {
    const { channels } = this.#options
    let ours = 0
    for (const channelId of channelIds) {
      const { status } = await channels.updateChannel(channelId, current =>
        current ? { ...current, withdrawRequestedAt: Math.floor(Date.now() / 1000) } : current,
      )
      if (status === 'updated') ours++
    }
    if (ours > 0) await this.claimNow()
  }

  /** Exits that began while the node was away; the watcher sees only what comes after its start. */
  async #findExits(): Promise<void> {
    const { addresses, channels, payer } = this.#options
    const leaving: Hex[] = []
    for (const channel of await channels.list()) {
      if (owedAtomic(channel) <= 0n) continue
      const [, initiatedAt] = await payer.client.readContract({
        address: addresses.settlement,
        abi: settlementAbi,
        functionName: 'pendingWithdrawals',
        args: [channel.channelId as Hex], // Safety: x402 stores ids as it computed them.
      })
      if (initiatedAt > 0) leaving.push(channel.channelId as Hex)
    }
    await this.#claimLeaving(leaving)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const timer of this.#retries) clearTimeout(timer)
    await this.#running?.catch(() => undefined)
  }
}
