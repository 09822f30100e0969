/** The three steps from a voucher to the creator’s credit, each of which looks at the chain for what is left to do. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import type { FacilitatorClient } from '@x402/core/server'
import {
  BatchSettlementChannelManager,
  type BatchSettlementEvmScheme,
  type Channel,
} from '@x402/evm/batch-settlement/server'
import { ContractFunctionExecutionError } from 'viem'
import type { ClaimedRow, Journal } from '../journal.ts'
import { type Log, reasonOf } from '../log.ts'
import { coveredAtomic, type Splitters, type SqliteChannels } from './channels.ts'
import type { GasPayer } from './gas-payer.ts'
import { inHalves } from './halves.ts'
import { standsOf } from './stands.ts'

export type SettlementOptions = {
  addresses: Addresses
  operator: Hex
  network: `eip155:${number}`
  scheme: BatchSettlementEvmScheme
  facilitator: FacilitatorClient
  channels: SqliteChannels
  splitters: Splitters
  payer: GasPayer
  journal: Journal
  log: Log
}

type Due = { workId: string; amount: bigint }
type Sent = { count: number; transactions: Hex[] }

/** A splitter keeps one resting unit for ever, so less than this is nothing to collect. */
const RESTING_ATOMIC = 1n
/** Far below a block's gas, each with its signature check. */
const MAX_IN_ONE = 50

/** What a channel owes beyond what was claimed of it. */
export const owedAtomic = ({ chargedCumulativeAmount, totalClaimed }: Channel): bigint =>
  BigInt(chargedCumulativeAmount) - BigInt(totalClaimed)

/** x402's facilitator simulates every claim first, and says so when the chain refuses it. */
const isRefusedClaim = (error: unknown) => error instanceof Error && /simulation_failed/.test(error.message)

export class Settlement {
  readonly #options: SettlementOptions
  /** Channels whose claim the chain refuses, and those that hold less than they owe: each stands in the log once. */
  readonly #lost = new Set<string>()
  readonly #short = new Set<string>()

  constructor(options: SettlementOptions) {
    this.#options = options
  }

  /** Reads from the chain where these channels stand: what it says holds, in both directions. */
  async refresh(channelIds: readonly Hex[]): Promise<Channel[]> {
    const { addresses, channels, payer } = this.#options
    const refreshed: Channel[] = []
    for (const stand of await standsOf(payer.client, addresses, channelIds)) {
      const now = {
        totalClaimed: String(stand.claimed),
        balance: String(stand.balance),
        withdrawRequestedAt: stand.withdrawRequestedAt,
      }
      const { channel } = await channels.updateChannel(stand.channelId, current =>
        current && Object.entries(now).some(([name, value]) => current[name as keyof typeof now] !== value)
          ? { ...current, ...now }
          : current,
      )
      if (channel) refreshed.push(channel)
    }
    return refreshed
  }

  /** Channels that owe, as the chain knows them now: a run that died before its note would claim the same sum twice. */
  async owing({ lost = false } = {}): Promise<Channel[]> {
    const owing = (await this.#options.channels.list()).filter(channel => owedAtomic(channel) > 0n)
    return (await this.refresh(owing.map(({ channelId }) => channelId as Hex)))
      .map(channel => this.#covered(channel))
      .filter(channel => owedAtomic(channel) > 0n && (lost || !this.#lost.has(channel.channelId)))
  }

  /** Every channel that owes, except those whose claim may still be on its way; one that the chain refuses is left out. */
  async claim(underWay: ReadonlySet<string>): Promise<Sent> {
    const { payer } = this.#options
    const ready = (await this.owing({ lost: true })).filter(({ channelId }) => !underWay.has(channelId))
    ready.sort((a, b) => (owedAtomic(a) > owedAtomic(b) ? -1 : 1))
    const manager = this.#manager(payer.account.address)
    const send = (some: readonly Channel[]) => {
      const amountAtomic = String(some.reduce((sum, channel) => sum + owedAtomic(channel), 0n))
      const row = { kind: 'claim', vouchers: some.length, amountAtomic } as const
      const ids = some.map(({ channelId }) => channelId)
      return this.#noted(row, () => manager.claim({ selectClaimChannels: () => [...some] }), ids)
    }
    const sent: Sent = { count: 0, transactions: [] }
    for (let at = 0; at < ready.length; at += MAX_IN_ONE) {
      const results = await inHalves(ready.slice(at, at + MAX_IN_ONE), send, {
        isRefusal: isRefusedClaim,
        refused: ({ channelId }) => this.#logLoss(channelId, 'claim_refused'),
      })
      for (const { vouchers, transaction } of results.flat()) {
        sent.count += vouchers
        sent.transactions.push(transaction as Hex) // Safety: a transaction's hash.
      }
    }
    return sent
  }

  /** Writes a transaction into the journal before it is sent, and again when it was mined. */
  async #noted<T>(
    row: Omit<ClaimedRow, 'txHash'>,
    work: () => Promise<T>,
    channelIds: readonly string[] = [],
  ): Promise<T> {
    const { journal, payer } = this.#options
    let txHash: Hex | undefined
    const note = (hash: Hex) => {
      txHash = hash
      journal.claimed({ ...row, txHash: hash }, channelIds)
    }
    const result = await payer.noting(note, work)
    if (txHash) journal.claimIs(txHash, 'mined')
    return result
  }

  /** A channel that was emptied below its debt pays what is in it; the rest is written off, and the log says so. */
  #covered(channel: Channel): Channel {
    const covered = String(coveredAtomic(channel))
    if (covered === channel.chargedCumulativeAmount) return channel
    if (!this.#short.has(channel.channelId)) {
      this.#short.add(channel.channelId)
      this.#options.log({ event: 'voucher_lost', channelId: channel.channelId, reason: 'above_balance' })
    }
    return { ...channel, chargedCumulativeAmount: covered }
  }

  #logLoss(channelId: string, reason: string): void {
    if (this.#lost.has(channelId)) return
    this.#lost.add(channelId)
    this.#options.channels.writeOff(channelId)
    this.#options.log({ event: 'voucher_lost', channelId, reason })
  }

  /** All that is not charged goes back at once; what is owed is claimed in the same transaction. Null: not now. */
  async refund({ channelId, channelConfig }: Channel, amountAtomic: bigint): Promise<Hex | null> {
    const [channel] = await this.refresh([channelId as Hex]) // Safety: an id as x402 stores it.
    if (!channel || BigInt(channel.balance) - BigInt(channel.chargedCumulativeAmount) !== amountAtomic)
      return null
    const row = { kind: 'refund', vouchers: 0, amountAtomic: String(amountAtomic) } as const
    const refund = () => this.#manager(channelConfig.receiver).refund([channelId])
    const [result] = await this.#noted(row, refund, [channelId])
    return (result?.transaction as Hex | undefined) ?? null // Safety: a transaction's hash.
  }

  #manager(receiver: Hex): BatchSettlementChannelManager {
    const { scheme, facilitator, network, addresses } = this.#options
    const token = addresses.money
    return new BatchSettlementChannelManager({ scheme, facilitator, receiver, token, network })
  }

  async settle(): Promise<Hex[]> {
    const { addresses, splitters, payer, log } = this.#options
    const transactions: Hex[] = []
    for (const { address } of splitters.list()) {
      const [claimed, settled] = await payer.client.readContract({
        address: addresses.settlement,
        abi: settlementAbi,
        functionName: 'receivers',
        args: [address, addresses.money],
      })
      if (claimed <= settled) continue
      const row = { kind: 'settle', vouchers: 0, amountAtomic: String(claimed - settled) } as const
      await this.#noted(row, () => this.#manager(address).settle()).then(
        ({ transaction }) => transactions.push(transaction as Hex), // Safety: a transaction's hash.
        error => log({ event: 'settle_failed', reason: reasonOf(error) }),
      )
    }
    return transactions
  }

  async collect(): Promise<Sent> {
    const { addresses, splitters, payer, log } = this.#options
    const due: Due[] = []
    for (const { address, workId } of splitters.list()) {
      const balance = await payer.client.readContract({
        address: addresses.money,
        abi: moneyAbi,
        functionName: 'balanceOf',
        args: [address],
      })
      if (balance > RESTING_ATOMIC) due.push({ workId, amount: balance - RESTING_ATOMIC })
    }
    const sent: Sent = { count: 0, transactions: [] }
    const send = async (some: readonly Due[]) => {
      const amountAtomic = String(some.reduce((sum, { amount }) => sum + amount, 0n))
      const collect = () => this.#collectMany(some.map(({ workId }) => BigInt(workId)))
      const hash = await this.#noted({ kind: 'collect', vouchers: 0, amountAtomic }, collect)
      return { hash, count: some.length }
    }
    for (let at = 0; at < due.length; at += MAX_IN_ONE) {
      const results = await inHalves(due.slice(at, at + MAX_IN_ONE), send, {
        isRefusal: error => error instanceof ContractFunctionExecutionError,
        refused: ({ workId }) => log({ event: 'collect_refused', workId }),
      })
      sent.count += results.reduce((sum, { count }) => sum + count, 0)
      sent.transactions.push(...results.map(({ hash }) => hash))
    }
    return sent
  }

  async #collectMany(workIds: bigint[]): Promise<Hex> {
    const { addresses, payer, operator } = this.#options
    const call = {
      address: addresses.works,
      abi: worksAbi,
      functionName: 'collectMany',
      args: [workIds, workIds.map(() => operator)],
    } as const
    await payer.client.simulateContract({ ...call, account: payer.account })
    const hash = await payer.call(call)
    const { status } = await payer.client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error('collectMany reverted')
    return hash
  }
}
