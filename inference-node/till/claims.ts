/** Turns vouchers into money: claim, settle to the splitters, and have the ledger divide what arrived. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import type { FacilitatorClient } from '@x402/core/server'
import {
  BatchSettlementChannelManager,
  type BatchSettlementEvmScheme,
} from '@x402/evm/batch-settlement/server'
import { type Log, reasonOf } from '../log.ts'
import type { Splitters, SqliteChannels } from './channels.ts'
import type { GasPayer } from './gas-payer.ts'

export type ClaimsOptions = {
  addresses: Addresses
  operator: Hex
  network: `eip155:${number}`
  scheme: BatchSettlementEvmScheme
  facilitator: FacilitatorClient
  channels: SqliteChannels
  splitters: Splitters
  payer: GasPayer
  log: Log
}

export type Claimed = { vouchers: number; settled: number; collected: number; transactions: Hex[] }

/** A splitter keeps one resting unit for ever, so less than this is nothing to collect. */
const RESTING_ATOMIC = 1n

export class Claims {
  readonly #options: ClaimsOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<Claimed> | undefined
  #again: Promise<Claimed> | undefined

  constructor(options: ClaimsOptions) {
    this.#options = options
  }

  start(everySeconds: number): void {
    this.#timer = setInterval(() => void this.claimNow().catch(() => undefined), everySeconds * 1000)
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

  async #run(): Promise<Claimed> {
    const { log } = this.#options
    try {
      const vouchers = await this.#claim()
      const settled = await this.#settle()
      const collected = await this.#collect()
      const transactions = [...vouchers.transactions, ...settled, ...collected.transactions]
      const done = {
        vouchers: vouchers.count,
        settled: settled.length,
        collected: collected.count,
        transactions,
      }
      if (transactions.length > 0) log({ event: 'claimed', count: done.vouchers })
      return done
    } catch (error) {
      log({ event: 'claim_failed', reason: reasonOf(error) })
      throw error
    }
  }

  async #claim(): Promise<{ count: number; transactions: Hex[] }> {
    const { channels } = this.#options
    const known = await channels.list()
    const owing = known.filter(
      channel => BigInt(channel.chargedCumulativeAmount) > BigInt(channel.totalClaimed),
    )
    // A run that died between the transaction and its note would claim the same sum twice, and revert.
    for (const { channelId } of owing) await this.#refresh(channelId as Hex)
    const results = await this.#manager(this.#options.payer.account.address).claim()
    return {
      count: results.reduce((sum, { vouchers }) => sum + vouchers, 0),
      transactions: results.map(({ transaction }) => transaction as Hex), // Safety: a transaction's hash.
    }
  }

  async #refresh(channelId: Hex): Promise<void> {
    const { addresses, channels, payer } = this.#options
    const [balance, claimed] = await payer.client.readContract({
      address: addresses.settlement,
      abi: settlementAbi,
      functionName: 'channels',
      args: [channelId],
    })
    await channels.updateChannel(channelId, current =>
      current && (current.totalClaimed !== String(claimed) || current.balance !== String(balance))
        ? { ...current, totalClaimed: String(claimed), balance: String(balance) }
        : current,
    )
  }

  #manager(receiver: Hex): BatchSettlementChannelManager {
    const { scheme, facilitator, network, addresses } = this.#options
    return new BatchSettlementChannelManager({
      scheme,
      facilitator,
      receiver,
      token: addresses.money,
      network,
    })
  }

  async #settle(): Promise<Hex[]> {
    const { addresses, splitters, payer } = this.#options
    const transactions: Hex[] = []
    for (const { address } of splitters.list()) {
      const [claimed, settled] = await payer.client.readContract({
        address: addresses.settlement,
        abi: settlementAbi,
        functionName: 'receivers',
        args: [address, addresses.money],
      })
      if (claimed > settled) transactions.push((await this.#manager(address).settle()).transaction as Hex)
    }
    return transactions
  }

  async #collect(): Promise<{ count: number; transactions: Hex[] }> {
    const { addresses, splitters, payer, operator } = this.#options
    const due: bigint[] = []
    for (const { address, workId } of splitters.list()) {
      const balance = await payer.client.readContract({
        address: addresses.money,
        abi: moneyAbi,
        functionName: 'balanceOf',
        args: [address],
      })
      if (balance > RESTING_ATOMIC) due.push(BigInt(workId))
    }
    if (due.length === 0) return { count: 0, transactions: [] }
    const hash = await payer.inTurn(() =>
      payer.wallet.writeContract({
        address: addresses.works,
        abi: worksAbi,
        functionName: 'collectMany',
        args: [due, due.map(() => operator)],
      }),
    )
    const { status } = await payer.client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error('collectMany reverted')
    return { count: due.length, transactions: [hash] }
  }

  /** A payer began to empty a channel: what it owes is claimed before the delay is over. */
  async onWithdrawal(channelIds: readonly Hex[]): Promise<void> {
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
  async findExits(): Promise<void> {
    const { addresses, channels, payer } = this.#options
    const leaving: Hex[] = []
    for (const channel of await channels.list()) {
      if (BigInt(channel.chargedCumulativeAmount) <= BigInt(channel.totalClaimed)) continue
      const [, initiatedAt] = await payer.client.readContract({
        address: addresses.settlement,
        abi: settlementAbi,
        functionName: 'pendingWithdrawals',
        args: [channel.channelId as Hex], // Safety: x402 stores ids as it computed them.
      })
      if (initiatedAt > 0) leaving.push(channel.channelId as Hex)
    }
    await this.onWithdrawal(leaving)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running?.catch(() => undefined)
  }
}
