/** The model of works, sales, orders and royalties: what Works.sol must do, without its packing. */
import { must, Sums } from './refusal.ts'

export type WorkTerms = {
  creator: string
  cap: bigint
  priceAtomic: bigint
  resaleRoyaltyBps: bigint
  usageRoyaltyBps: bigint
  openable: boolean
  parents: readonly { work: number; shareBps: bigint }[]
}

export type Order = {
  kind: 'listing' | 'offer'
  maker: string
  work: number
  quantity: bigint
  priceAtomic: bigint
  minProceedsAtomic: bigint
  nonce: bigint
  counter: bigint
  isExpired: boolean
}

const BPS = 10_000n
const share = (amount: bigint, bps: bigint) => (amount * bps) / BPS

export class Market {
  readonly works: readonly WorkTerms[]
  readonly feeBps: bigint
  readonly money = new Sums()
  readonly minted = new Sums()
  readonly editions = new Sums()
  readonly copies = new Sums()
  readonly credit = new Sums()
  readonly creatorAccrued = new Sums()
  readonly treasuryAccrued = new Sums()
  readonly counters = new Sums()
  readonly #used = new Set<string>()
  readonly #fills = new Map<string, { order: string; filled: bigint; total: bigint }>()

  constructor(works: readonly WorkTerms[], feeBps: bigint) {
    this.works = works
    this.feeBps = feeBps
  }

  #work(index: number): WorkTerms {
    const work = this.works[index]
    must(work !== undefined, 'Works_UnknownWork')
    return work
  }

  held = (who: string, work: number): bigint => this.editions.get(`${who} ${work}`)

  #move(work: number, from: string, to: string, quantity: bigint): void {
    this.editions.add(`${from} ${work}`, -quantity)
    this.editions.add(`${to} ${work}`, quantity)
  }

  /** Takes from who pays and gives to who is paid; refused as the money refuses. */
  #pay(from: string, to: string, amount: bigint): void {
    must(this.money.get(from) >= amount, 'TransferFromFailed')
    this.money.add(from, -amount)
    this.money.add(to, amount)
  }

  // ---------------------------------------------------------------- primary sale

  mint(buyer: string, work: number, recipient: string, quantity: bigint, maxCostAtomic: bigint): void {
    const terms = this.#work(work)
    must(quantity > 0n, 'Works_ZeroQuantity')
    must(quantity <= terms.cap - this.minted.get(`${work}`), 'Works_SoldOut')
    const cost = quantity * terms.priceAtomic
    must(cost <= maxCostAtomic, 'Works_CostTooHigh')
    this.#pay(buyer, 'works', cost)
    const fee = share(cost, this.feeBps)
    this.creatorAccrued.add(`${work}`, cost - fee)
    this.treasuryAccrued.add(`${work}`, fee)
    this.minted.add(`${work}`, quantity)
    this.editions.add(`${recipient} ${work}`, quantity)
  }

  // ---------------------------------------------------------------- orders

  buy(order: Order, buyer: string, recipient: string, quantity: bigint): void {
    must(!order.isExpired, 'Works_OrderExpired')
    must(this.held(order.maker, order.work) >= quantity, 'Works_NotEnoughEditions')
    this.#trade(order, order.maker, buyer, recipient, quantity, order.minProceedsAtomic)
  }

  accept(order: Order, seller: string, quantity: bigint, minProceedsAtomic: bigint): void {
    must(!order.isExpired, 'Works_OrderExpired')
    must(this.held(seller, order.work) >= quantity, 'Works_NotEnoughEditions')
    this.#trade(order, seller, order.maker, order.maker, quantity, minProceedsAtomic)
  }

  #trade(
    order: Order,
    seller: string,
    payer: string,
    recipient: string,
    quantity: bigint,
    least: bigint,
  ): void {
    this.#checkFill(order, quantity)
    const terms = this.#work(order.work)
    const royalty = share(order.priceAtomic, terms.resaleRoyaltyBps)
    const fee = share(order.priceAtomic, this.feeBps)
    const proceeds = order.priceAtomic - royalty - fee
    must(proceeds >= least, 'Works_ProceedsTooLow')
    this.#pay(payer, 'works', quantity * order.priceAtomic)
    this.#pay('works', seller, quantity * proceeds)
    this.creatorAccrued.add(`${order.work}`, quantity * royalty)
    this.treasuryAccrued.add(`${order.work}`, quantity * fee)
    this.#move(order.work, seller, recipient, quantity)
    this.#keepFill(order, quantity)
  }

  #nonceKey = (maker: string, nonce: bigint) => `${maker} ${this.counters.get(maker)} ${nonce}`

  /** Everything that an order is, so that a nonce that is partly used stays with one. */
  #name = (order: Order) =>
    JSON.stringify(order, (_, value) => (typeof value === 'bigint' ? `${value}` : value))

  #checkFill(order: Order, quantity: bigint): void {
    must(quantity > 0n, 'Works_ZeroQuantity')
    must(order.counter === this.counters.get(order.maker), 'Works_WrongCounter')
    const key = this.#nonceKey(order.maker, order.nonce)
    const fill = this.#fills.get(key)
    must(!this.#used.has(key) || fill?.order === this.#name(order), 'Works_NonceUsed')
    must((fill?.filled ?? 0n) + quantity <= order.quantity, 'Works_OrderFilled')
  }

  #keepFill(order: Order, quantity: bigint): void {
    const key = this.#nonceKey(order.maker, order.nonce)
    const filled = (this.#fills.get(key)?.filled ?? 0n) + quantity
    this.#used.add(key)
    if (quantity < order.quantity)
      this.#fills.set(key, { order: this.#name(order), filled, total: order.quantity })
  }

  cancel(maker: string, nonces: readonly bigint[]): void {
    must(nonces.length > 0, 'Works_NothingToCancel')
    for (const nonce of nonces) {
      const key = this.#nonceKey(maker, nonce)
      const fill = this.#fills.get(key)
      this.#used.add(key)
      if (fill) this.#fills.set(key, { order: 'none', filled: fill.filled, total: fill.filled })
    }
  }

  /** The new counter is the chain's to choose. */
  cancelAll(maker: string, counter: bigint): void {
    must(counter > this.counters.get(maker), 'the counter must rise')
    this.counters.set(maker, counter)
  }

  isNonceUsed(maker: string, nonce: bigint): boolean {
    const key = this.#nonceKey(maker, nonce)
    const fill = this.#fills.get(key)
    return this.#used.has(key) && (fill === undefined || fill.filled === fill.total)
  }

  filled = (maker: string, nonce: bigint): bigint =>
    this.#fills.get(this.#nonceKey(maker, nonce))?.filled ?? 0n

  // ---------------------------------------------------------------- holders

  gift(from: string, work: number, to: string, quantity: bigint): void {
    must(this.held(from, work) >= quantity, 'InsufficientBalance')
    this.#move(work, from, to, quantity)
  }

  openCopy(who: string, work: number): void {
    must(this.#work(work).openable, 'Works_NotOpenable')
    must(this.held(who, work) > 0n, 'Works_NotEnoughEditions')
    this.editions.add(`${who} ${work}`, -1n)
    this.copies.add(`${who} ${work}`, 1n)
  }

  // ---------------------------------------------------------------- royalties and credits

  /** Whatever arrives at a splitter. */
  payChat(payer: string, splitter: string, amount: bigint): void {
    must(this.money.get(payer) >= amount, 'InsufficientBalance')
    this.money.add(payer, -amount)
    this.money.add(splitter, amount)
  }

  collect(work: number, operator: string, splitter: string): void {
    const terms = this.#work(work)
    must(this.money.get(splitter) >= 2n, 'Works_NothingToCollect')
    const amount = this.money.get(splitter) - 1n
    this.#pay(splitter, 'works', amount)
    const protocol = share(amount, this.feeBps)
    const royalty = share(amount, terms.usageRoyaltyBps)
    let parents = 0n
    for (const parent of terms.parents) {
      const part = share(royalty, parent.shareBps)
      this.creatorAccrued.add(`${parent.work}`, part)
      parents += part
    }
    this.creatorAccrued.add(`${work}`, royalty - parents)
    this.treasuryAccrued.add(`${work}`, protocol)
    this.credit.add(operator, amount - protocol - royalty)
  }

  gather(work: number, treasury: string): void {
    const terms = this.#work(work)
    this.credit.add(terms.creator, this.creatorAccrued.get(`${work}`))
    this.credit.add(treasury, this.treasuryAccrued.get(`${work}`))
    this.creatorAccrued.set(`${work}`, 0n)
    this.treasuryAccrued.set(`${work}`, 0n)
  }

  withdraw(who: string, to: string): void {
    const amount = this.credit.get(who)
    must(amount > 0n, 'Works_NothingToWithdraw')
    this.credit.set(who, 0n)
    this.#pay('works', to, amount)
  }
}
