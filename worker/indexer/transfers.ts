/** What one transfer moves, work by work: an event of one work, or of several. */
import type { FactOf } from './facts.ts'

export type Transfer = FactOf<'TransferSingle'> | FactOf<'TransferBatch'>

export const transfersOf = (fact: Transfer): { workId: string; quantity: number }[] =>
  fact.eventName === 'TransferSingle'
    ? [{ workId: fact.args.id.toString(), quantity: Number(fact.args.amount) }]
    : fact.args.ids.map((id, at) => ({
        workId: id.toString(),
        quantity: Number(fact.args.amounts[at] ?? 0n),
      }))
