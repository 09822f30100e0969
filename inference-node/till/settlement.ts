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
import { type Log, reasonOf } from '../log.ts'
import type { Splitters, SqliteChannels } from './channels.ts'
import type { GasPayer } from './gas-payer.ts'
import { inHalves } from './halves.ts'

export type SettlementOptions = {
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
  /** Channels whose loss stands in the log already. */
  readonly #lost = new Set<string>()

  constructor(options: SettlementOptions) {
    this.#options = options
  }

  /** Every channel that owes; one whose claim the chain refuses is left out, and the others are claimed. */
  async claim(): Promise<Sent> {
    const { channels, payer } = this.#options
    const ready: Channel[] = []
    for (const known of await channels.list()) {
      if (owedAtomic(known) <= 0n) continue
      // A run that died between the transaction and its note would claim the same sum twice, and revert.
      const covered = this.#covered((await this.#refresh(known.channelId as Hex)) ?? known)
      if (owedAtomic(covered) > 0n) ready.push(covered)
    }
    const manager = this.#manager(payer.account.address)
    const sent: Sent = { count: 0, transactions: [] }
    for (let at = 0; at < ready.length; at += MAX_IN_ONE) {
      const send = (some: readonly Channel[]) => manager.claim({ selectClaimChannels: () => [...some] })
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

  /** A channel that was emptied below its debt pays what is in it; the rest is written off, and the log says so. */
  #covered(channel: Channel): Channel {
    if (BigInt(channel.chargedCumulativeAmount) <= BigInt(channel.balance)) return channel
    this.#logLoss(channel.channelId, 'above_balance')
    return { ...channel, chargedCumulativeAmount: channel.balance }
  }

  #logLoss(channelId: string, reason: string): void {
    if (this.#lost.has(channelId)) return
    this.#lost.add(channelId)
    this.#options.log({ event: 'voucher_lost', channelId, reason })
  }

  async #refresh(channelId: Hex): Promise<Channel | undefined> {
    const { addresses, channels, payer } = this.#options
    const [balance, claimed] = await payer.client.readContract({
      address: addresses.settlement,
      abi: settlementAbi,
      functionName: 'channels',
      args: [channelId],
    })
    const { channel } = await channels.updateChannel(channelId, current =>
      current && (current.totalClaimed !== String(claimed) || current.balance !== String(balance))
        ? { ...current, totalClaimed: String(claimed), balance: String(balance) }
        : current,
    )
    return channel
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
      await this.#manager(address)
        .settle()
        .then(
          ({ transaction }) => transactions.push(transaction as Hex), // Safety: a transaction's hash.
          error => log({ event: 'settle_failed', reason: reasonOf(error) }),
        )
    }
    return transactions
  }

  async collect(): Promise<Sent> {
    const { addresses, splitters, payer, log } = this.#options
    const due: { workId: string }[] = []
    for (const { address, workId } of splitters.list()) {
      const balance = await payer.client.readContract({
        address: addresses.money,
        abi: moneyAbi,
        functionName: 'balanceOf',
        args: [address],
      })
      if (balance > RESTING_ATOMIC) due.push({ workId })
    }
    const sent: Sent = { count: 0, transactions: [] }
    const send = async (some: readonly { workId: string }[]) => ({
      hash: await this.#collectMany(some.map(({ workId }) => BigInt(workId))),
      count: some.length,
    })
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
    const hash = await payer.inTurn(() =>
      payer.wallet.writeContract({
        address: addresses.works,
        abi: worksAbi,
        functionName: 'collectMany',
        args: [workIds, workIds.map(() => operator)],
      }),
    )
    const { status } = await payer.client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error('collectMany reverted')
    return hash
  }
}
