/** The model of payment channels: what BatchSettlement.sol must do. */
import { must, Sums } from './refusal.ts'

export type Channel = { id: string; payer: string; receiver: string; authorizer: string }

/** `Math.min` takes no bigint. */
function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

export class Channels {
  readonly #money: Sums
  readonly balance = new Sums()
  readonly claimed = new Sums()
  readonly receiverClaimed = new Sums()
  readonly receiverSettled = new Sums()
  readonly #withdrawals = new Map<string, { amount: bigint; atSeconds: bigint }>()

  /** The same money as the market's. */
  constructor(money: Sums) {
    this.#money = money
  }

  #free = (channel: Channel) => this.balance.get(channel.id) - this.claimed.get(channel.id)

  deposit(channel: Channel, amount: bigint): void {
    must(amount > 0n, 'BatchSettlement_ZeroAmount')
    must(this.#money.get(channel.payer) >= amount, 'InsufficientBalance')
    this.#money.add(channel.payer, -amount)
    this.#money.add('settlement', amount)
    this.balance.add(channel.id, amount)
  }

  /** A voucher for `ceiling` of which `total` is claimed. */
  claim(channel: Channel, sender: string, total: bigint, ceiling: bigint): void {
    must(sender === channel.authorizer, 'BatchSettlement_WrongAuthorizer')
    const before = this.claimed.get(channel.id)
    if (total <= before) return
    must(total <= ceiling, 'BatchSettlement_AboveVoucher')
    must(total <= this.balance.get(channel.id), 'BatchSettlement_AboveBalance')
    this.claimed.set(channel.id, total)
    this.receiverClaimed.add(channel.receiver, total - before)
  }

  settle(receiver: string): void {
    const amount = this.receiverClaimed.get(receiver) - this.receiverSettled.get(receiver)
    must(amount > 0n, 'BatchSettlement_NothingToSettle')
    this.receiverSettled.add(receiver, amount)
    this.#leave(receiver, amount)
  }

  refund(channel: Channel, sender: string, amount: bigint): void {
    must(sender === channel.authorizer, 'BatchSettlement_NotAllowed')
    const free = this.#free(channel)
    const part = lesser(amount, free)
    must(part > 0n, 'BatchSettlement_NothingToRefund')
    this.balance.add(channel.id, -part)
    this.#leave(channel.payer, part)
  }

  initiateWithdraw(channel: Channel, sender: string, amount: bigint, nowSeconds: bigint): void {
    must(sender === channel.payer, 'BatchSettlement_NotAllowed')
    must(amount > 0n, 'BatchSettlement_ZeroAmount')
    must(amount <= this.#free(channel), 'BatchSettlement_AboveBalance')
    this.#withdrawals.set(channel.id, { amount, atSeconds: nowSeconds })
  }

  finalizeWithdraw(channel: Channel, nowSeconds: bigint, delaySeconds: bigint): void {
    const pending = this.#withdrawals.get(channel.id)
    must(pending !== undefined, 'BatchSettlement_NoWithdrawal')
    must(nowSeconds >= pending.atSeconds + delaySeconds, 'BatchSettlement_TooEarly')
    this.#withdrawals.delete(channel.id)
    const free = this.#free(channel)
    const part = lesser(pending.amount, free)
    this.balance.add(channel.id, -part)
    this.#leave(channel.payer, part)
  }

  #leave(to: string, amount: bigint): void {
    this.#money.add('settlement', -amount)
    this.#money.add(to, amount)
  }
}
