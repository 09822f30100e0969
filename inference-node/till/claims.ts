/** When vouchers become money: by the schedule, when a payer leaves, when the node stops, and by hand. */
import type { Hex } from '@grimoire/schema/hex'
import { reasonOf } from '../log.ts'
import { followOpenClaims } from './open-claims.ts'
import { Returns, type WhyNever } from './returns.ts'
import { type ClaimPolicy, type ClaimReason, claimReason, GasPrices } from './schedule.ts'
import { owedAtomic, Settlement, type SettlementOptions } from './settlement.ts'

export type ClaimsOptions = SettlementOptions & ClaimPolicy

export type Claimed = { vouchers: number; settled: number; collected: number; transactions: Hex[] }

/** What a payer who leaves owes has to be claimed before the withdrawal delay is over, at least 900 seconds. */
const RETRY_MS = 10_000

export class Claims {
  readonly #options: ClaimsOptions
  readonly #settlement: Settlement
  #timer: NodeJS.Timeout | undefined
  /** One at a time: a chain that answers slowly must not be asked by many. */
  #tick: Promise<void> | undefined
  readonly #retries = new Set<NodeJS.Timeout>()
  #stopped = false
  #running: Promise<Claimed> | undefined
  #again: Promise<Claimed> | undefined
  /** A step failed, or the last run belongs to a process that is gone: something may be left, whatever is owed. */
  #unfinished = true
  #owingSinceMs: number | undefined
  readonly #gasPrices = new GasPrices()

  constructor(options: ClaimsOptions) {
    this.#options = options
    this.#settlement = new Settlement(options)
  }

  start(everySeconds: number, whyNever: WhyNever): void {
    const returns = new Returns({ ...this.#options, settlement: this.#settlement, whyNever })
    this.#timer = setInterval(() => {
      this.#tick ??= this.#claimWhenDue()
        .then(() => (this.#running ? undefined : returns.run()))
        .catch(error => this.#options.log({ event: 'claim_failed', reason: reasonOf(error) }))
        .finally(() => {
          this.#tick = undefined
        })
    }, everySeconds * 1000)
    this.#urgently(() => this.#findExits())
  }

  async #claimWhenDue(): Promise<void> {
    await this.#follow()
    const reason = await this.#reason()
    if (reason) this.#options.log({ event: 'claim_due', reason })
    if (this.#unfinished || reason) await this.claimNow()
  }

  async #reason(): Promise<ClaimReason | null> {
    const { channels, payer } = this.#options
    const nowMs = Date.now()
    const gasPriceWei = await payer.client.getGasPrice()
    this.#gasPrices.see(gasPriceWei, nowMs)
    const owing = await this.#settlement.owing()
    channels.recount()
    if (owing.length === 0) this.#owingSinceMs = undefined
    else this.#owingSinceMs ??= nowMs
    return claimReason(
      owing.map(channel => ({ owedAtomic: owedAtomic(channel), leaving: channel.withdrawRequestedAt > 0 })),
      {
        ...{ nowMs, gasPriceWei, usualGasPriceWei: this.#gasPrices.usual() },
        owingSinceMs: this.#owingSinceMs ?? nowMs,
      },
      this.#options,
    )
  }

  /** A claim that the chain lost again counts as unclaimed again: its channels are read anew. */
  async #follow(): Promise<ReadonlySet<string>> {
    const { vanished, underWay, gone } = await followOpenClaims(this.#options)
    if (gone > 0) this.#unfinished = true
    if (vanished.size > 0) await this.#settlement.refresh([...vanished] as Hex[]) // Safety: ids as x402 stores them.
    return underWay
  }

  /** Half of what may be unclaimed is: at once, and not at the next tick. */
  onTight(): void {
    if (!this.#running && !this.#stopped) this.claimNow().catch(() => undefined)
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
    const underWay = await step(this.#follow(), new Set<string>())
    const claimed = await step(this.#settlement.claim(underWay), { count: 0, transactions: [] })
    const settled = await step(this.#settlement.settle(), [])
    const collected = await step(this.#settlement.collect(), { count: 0, transactions: [] })
    const transactions = [...claimed.transactions, ...settled, ...collected.transactions]
    this.#unfinished = failures.length > 0
    if (!this.#unfinished && underWay.size === 0) this.#owingSinceMs = undefined
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

  /** The withdrawal is over: what is left of the channel pays again, as the chain says at its next voucher. */
  onWithdrawn(channelIds: readonly Hex[]): void {
    this.#urgently(async () => {
      for (const channelId of channelIds) {
        await this.#options.channels.updateChannel(channelId, current =>
          current ? { ...current, withdrawRequestedAt: 0, onchainSyncedAt: 0 } : current,
        )
      }
    })
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
    const owing = await this.#settlement.owing()
    if (owing.some(({ withdrawRequestedAt }) => withdrawRequestedAt > 0)) await this.claimNow()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    for (const timer of this.#retries) clearTimeout(timer)
    await this.#tick
    await this.#running?.catch(() => undefined)
  }
}
