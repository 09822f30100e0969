/** What the events of the market and of payments for answers change: trades, makers' orders, and what each work earned. */
import { zeroAddress } from 'viem'
import { filledOrderOf } from '../order-names.ts'
import type { Fact, FactOf } from './facts.ts'
import { expectDelivery } from './fold-acts.ts'
import { earn } from './fold-earnings.ts'
import { countHolder } from './fold-holders.ts'
import { type Image, keyOf, type Row } from './image.ts'
import { warmed } from './warmth.ts'

const lower = (address: string) => address.toLowerCase()
const sum = (text: string, more: bigint): string => (BigInt(text) + more).toString()

function bought(
  image: Image,
  trade: Row<'trades'>,
  change: (work: Row<'works'>) => Partial<Row<'works'>>,
): void {
  image.put('trades', trade)
  countTrade(image, trade)
  const work = image.get('works', trade.workId)
  if (!work) return
  const lastPriceAtomic = (BigInt(trade.costAtomic) / BigInt(Math.max(1, trade.quantity))).toString()
  const warmUntilSeconds = warmed(work.warmUntilSeconds, trade.atSeconds)
  image.put('works', { ...work, sales: work.sales + 1, lastPriceAtomic, warmUntilSeconds, ...change(work) })
}

/** A creator's first sales are earnings and no resales of what it holds. */
function countTrade(image: Image, trade: Row<'trades'>): void {
  const { kind, seller, recipient, atSeconds } = trade
  countHolder(image, recipient, atSeconds, { purchases: 1, spentAtomic: BigInt(trade.costAtomic) })
  if (kind === 'mint') return
  const soldAtomic = BigInt(trade.costAtomic) - BigInt(trade.royaltyAtomic) - BigInt(trade.feeAtomic)
  countHolder(image, seller, atSeconds, { resales: 1, soldAtomic })
}

/** What every trade's event says. */
const tradeOf = (fact: FactOf<'Minted'> | FactOf<'Sold'> | FactOf<'OfferAccepted'>) => ({
  seq: fact.seq,
  workId: fact.args.workId.toString(),
  quantity: Number(fact.args.quantity),
  costAtomic: fact.args.costAtomic.toString(),
  feeAtomic: fact.args.feeAtomic.toString(),
  atSeconds: fact.atSeconds,
  transaction: fact.transaction,
})

function minted(image: Image, fact: FactOf<'Minted'>): void {
  const trade = tradeOf(fact)
  const seller = image.get('works', trade.workId)?.creator ?? zeroAddress
  const recipient = lower(fact.args.recipient)
  bought(image, { ...trade, kind: 'mint', seller, recipient, royaltyAtomic: '0' }, work => ({
    minted: work.minted + trade.quantity,
  }))
  const { costAtomic, feeAtomic } = fact.args
  if (seller !== zeroAddress)
    earn(image, fact, { role: 'creator', kind: 'sale', account: seller }, costAtomic - feeAtomic)
}

function sold(image: Image, fact: FactOf<'Sold'>): void {
  resold(image, fact, { kind: 'sale', maker: fact.args.seller, recipient: fact.args.recipient })
}

function accepted(image: Image, fact: FactOf<'OfferAccepted'>): void {
  resold(image, fact, { kind: 'offer', maker: fact.args.buyer, recipient: fact.args.buyer })
}

type Resale = { kind: 'sale' | 'offer'; maker: string; recipient: string }

function resold(
  image: Image,
  fact: FactOf<'Sold'> | FactOf<'OfferAccepted'>,
  { kind, maker, recipient }: Resale,
): void {
  const { seller, royaltyAtomic, nonce, workId, costAtomic, quantity } = fact.args
  const sides = { seller: lower(seller), recipient: lower(recipient) }
  const trade = { ...tradeOf(fact), ...sides, kind, royaltyAtomic: royaltyAtomic.toString() }
  expectDelivery(image, trade)
  bought(image, trade, work => ({ royaltiesAtomic: sum(work.royaltiesAtomic, royaltyAtomic) }))
  const creator = image.get('works', trade.workId)?.creator
  if (creator) earn(image, fact, { role: 'creator', kind: 'royalty', account: creator }, royaltyAtomic)
  const order = filledOrderOf(kind, workId, costAtomic / (quantity || 1n))
  const before = nonceOf(image, maker, nonce)
  image.put('nonces', { ...before, filled: before.filled + trade.quantity, filledOrder: order })
}

/** A nonce under its maker's counter of now: what an earlier counter left there is forgotten. */
function nonceOf(image: Image, makerAddress: string, nonce: bigint): Row<'nonces'> {
  const maker = lower(makerAddress)
  const counter = image.get('makers', maker)?.counter ?? '0'
  const known = image.get('nonces', keyOf(maker, nonce.toString()))
  if (known?.counter === counter) return known
  return { maker, nonce: nonce.toString(), counter, cancelled: false, filled: 0, filledOrder: null }
}

function cancel(image: Image, { args }: FactOf<'OrdersCancelled'>): void {
  for (const nonce of args.nonces) {
    image.put('nonces', { ...nonceOf(image, args.maker, nonce), cancelled: true })
  }
}

function raiseCounter(image: Image, { args }: FactOf<'CounterRaised'>): void {
  image.put('makers', { maker: lower(args.maker), counter: args.counter.toString() })
}

function adoptFee(image: Image, { args }: FactOf<'FeeAdopted'>): void {
  image.put('fees', { workId: args.workId.toString(), feeBps: args.feeBps })
}

function parentPaid(image: Image, fact: FactOf<'ParentPaid'>): void {
  const { args } = fact
  const parent = image.get('works', args.parentId.toString())
  if (!parent) return
  const earner = { role: 'creator', kind: 'parent', account: parent.creator, workId: parent.workId } as const
  earn(image, fact, earner, args.amountAtomic)
  image.put('works', { ...parent, royaltiesAtomic: sum(parent.royaltiesAtomic, args.amountAtomic) })
}

function collected(image: Image, fact: FactOf<'Collected'>): void {
  const { args } = fact
  const workId = args.workId.toString()
  image.put('collections', {
    seq: fact.seq,
    workId,
    operator: lower(args.operator),
    amountAtomic: args.amountAtomic.toString(),
    creatorAtomic: args.creatorAtomic.toString(),
    parentsAtomic: args.parentsAtomic.toString(),
    operatorAtomic: args.operatorAtomic.toString(),
    protocolAtomic: args.protocolAtomic.toString(),
    atSeconds: fact.atSeconds,
    transaction: fact.transaction,
  })
  earn(image, fact, { role: 'operator', kind: 'serving', account: lower(args.operator) }, args.operatorAtomic)
  const work = image.get('works', workId)
  if (!work) return
  earn(image, fact, { role: 'creator', kind: 'answers', account: work.creator }, args.creatorAtomic)
  image.put('works', {
    ...work,
    collectedAtomic: sum(work.collectedAtomic, args.amountAtomic),
    royaltiesAtomic: sum(work.royaltiesAtomic, args.creatorAtomic),
    warmUntilSeconds: warmed(work.warmUntilSeconds, fact.atSeconds),
  })
}

/** Folds what was bought, paid or taken back; other events are passed over. */
export function applyTrade(image: Image, fact: Fact): void {
  switch (fact.eventName) {
    case 'Minted':
      minted(image, fact)
      break
    case 'Sold':
      sold(image, fact)
      break
    case 'OfferAccepted':
      accepted(image, fact)
      break
    case 'OrdersCancelled':
      cancel(image, fact)
      break
    case 'CounterRaised':
      raiseCounter(image, fact)
      break
    case 'FeeAdopted':
      adoptFee(image, fact)
      break
    case 'ParentPaid':
      parentPaid(image, fact)
      break
    case 'Collected':
      collected(image, fact)
      break
  }
}
