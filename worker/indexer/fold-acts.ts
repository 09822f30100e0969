/** What happened without a price: gifts, opened copies, later versions. A sale's own delivery is none of them. */
import { zeroAddress } from 'viem'
import type { Fact, FactOf } from './facts.ts'
import { type Image, keyOf, type Row } from './image.ts'
import { type Transfer, transfersOf } from './transfers.ts'

const lower = (address: string) => address.toLowerCase()

type Delivery = { transaction: string; seller: string; recipient: string; workId: string; quantity: number }

const deliveryKey = ({ transaction, seller, recipient, workId, quantity }: Delivery) =>
  keyOf(transaction, seller, recipient, workId, quantity)

/** The ledger tells of a resale first and moves its editions afterwards. */
export const expectDelivery = (image: Image, trade: Delivery): void =>
  image.expectDelivery(deliveryKey(trade))

type Act = Pick<Row<'acts'>, 'workId' | 'kind' | 'actor'> & Partial<Row<'acts'>>

const putAct = (image: Image, { seq, atSeconds, transaction }: Fact, act: Act): void =>
  image.put('acts', { recipient: null, quantity: null, version: null, ...act, seq, atSeconds, transaction })

/** The owner's own transfer is a gift; whoever else may move editions is a marketplace that the ledger lets in. */
export function moveEditions(image: Image, fact: Transfer): void {
  const { transaction } = fact
  const [actor, recipient] = [lower(fact.args.from), lower(fact.args.to)]
  if (actor === zeroAddress || recipient === zeroAddress || actor === recipient) return
  const kind = lower(fact.args.operator) === actor ? 'given' : 'moved'
  const moved = new Map<string, number>()
  for (const { workId, quantity } of transfersOf(fact)) {
    if (image.takeDelivery(deliveryKey({ transaction, seller: actor, recipient, workId, quantity }))) continue
    moved.set(workId, (moved.get(workId) ?? 0) + quantity)
  }
  for (const [workId, quantity] of moved)
    if (quantity > 0) putAct(image, fact, { workId, kind, actor, recipient, quantity })
}

export const openCopy = (image: Image, fact: FactOf<'CopyOpened'>): void =>
  putAct(image, fact, {
    ...{ workId: fact.args.workId.toString(), kind: 'opened', actor: lower(fact.args.holder), quantity: 1 },
  })

export const publishLater = (image: Image, fact: FactOf<'VersionPublished'>, creator: string): void =>
  putAct(image, fact, {
    ...{ workId: fact.args.workId.toString(), kind: 'published', actor: creator, version: fact.args.version },
  })
