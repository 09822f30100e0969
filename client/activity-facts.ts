/** What the events of one transaction come to, in the rows of an activity: exactly what an edge has to say of them. */
import type { worksAbi } from '@grimoire/contracts/generated/works'
import type { ActivityRow } from '@grimoire/schema/activity'
import type { Hex } from '@grimoire/schema/hex'
import { type ParseEventLogsReturnType, zeroAddress } from 'viem'

export type LedgerEvent = ParseEventLogsReturnType<typeof worksAbi, undefined, true>[number]
type EventOf<N extends LedgerEvent['eventName']> = Extract<LedgerEvent, { eventName: N }>

/** A row without its place on the chain. */
export type Deed = Omit<ActivityRow, 'blockNumber' | 'atSeconds' | 'transaction'>

const NOTHING = {
  to: null,
  quantity: null,
  priceAtomic: null,
  costAtomic: null,
  royaltyAtomic: null,
  version: null,
}

/** All that is shown, as one line: a deed told and a deed done are the same or they are not. */
export const lineOf = (deed: Deed & Pick<ActivityRow, 'blockNumber' | 'atSeconds'>): string =>
  [
    ...[deed.kind, deed.workId, deed.from, deed.to, deed.quantity, deed.priceAtomic, deed.costAtomic],
    ...[deed.royaltyAtomic, deed.version, deed.blockNumber, deed.atSeconds],
  ]
    .join(' ')
    .toLowerCase()

type Traded = { workId: bigint; quantity: bigint; costAtomic: bigint; royaltyAtomic?: bigint }

const trade = (
  { workId, quantity, costAtomic, royaltyAtomic }: Traded,
  sides: Pick<Deed, 'kind' | 'from' | 'to'>,
): Deed => ({
  ...{ ...NOTHING, ...sides, workId: String(workId), quantity: Number(quantity) },
  ...{ priceAtomic: String(costAtomic / (quantity || 1n)), costAtomic: String(costAtomic) },
  royaltyAtomic: royaltyAtomic === undefined ? null : String(royaltyAtomic),
})

const deliveryOf = (from: Hex, to: Hex, workId: bigint, quantity: bigint): string =>
  `${from} ${to} ${workId} ${quantity}`

/** Editions that moved without a sale: the ledger tells of a resale first, and then delivers it once. */
function moves(event: EventOf<'TransferSingle'> | EventOf<'TransferBatch'>, due: string[]): Deed[] {
  const { from, to, operator } = event.args
  if (from === zeroAddress || to === zeroAddress || from === to) return []
  const moved =
    event.eventName === 'TransferSingle'
      ? [[event.args.id, event.args.amount] as const]
      : event.args.ids.map((id, at) => [id, event.args.amounts[at] ?? 0n] as const)
  const given = new Map<bigint, bigint>()
  for (const [workId, quantity] of moved) {
    const at = due.indexOf(deliveryOf(from, to, workId, quantity))
    if (at >= 0) due.splice(at, 1)
    else given.set(workId, (given.get(workId) ?? 0n) + quantity)
  }
  const kind = operator === from ? 'given' : 'moved'
  return [...given]
    .filter(([, quantity]) => quantity > 0n)
    .map(([workId, quantity]) => ({
      ...{ ...NOTHING, kind, from, to, workId: String(workId), quantity: Number(quantity) },
    }))
}

/** In the ledger's order. What a creator does is told without its name, which the ledger has beside the work. */
export function deedsOf(events: readonly LedgerEvent[], creatorOf: (workId: bigint) => Hex | null): Deed[] {
  const due: string[] = []
  return events.flatMap((event): Deed[] => {
    switch (event.eventName) {
      case 'TransferSingle':
      case 'TransferBatch':
        return moves(event, due)
      case 'Minted': {
        const { workId, recipient } = event.args
        return [trade(event.args, { kind: 'minted', from: creatorOf(workId), to: recipient })]
      }
      case 'Sold':
      case 'OfferAccepted': {
        const { seller, workId, quantity } = event.args
        const [kind, to] =
          event.eventName === 'Sold'
            ? (['sold', event.args.recipient] as const)
            : (['accepted', event.args.buyer] as const)
        due.push(deliveryOf(seller, to, workId, quantity))
        return [trade(event.args, { kind, from: seller, to })]
      }
      case 'CopyOpened': {
        const { workId, holder } = event.args
        return [{ ...NOTHING, kind: 'opened', workId: String(workId), from: holder, quantity: 1 }]
      }
      case 'VersionPublished': {
        const { workId, version } = event.args
        const [from, kind] = [creatorOf(workId), 'published'] as const
        return [{ ...NOTHING, kind, workId: String(workId), from, version }]
      }
      case 'WorkCreated': {
        const { workId, creator } = event.args
        return [{ ...NOTHING, kind: 'made', workId: String(workId), from: creator }]
      }
      default:
        return []
    }
  })
}
