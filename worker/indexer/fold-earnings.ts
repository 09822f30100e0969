/** What each payment brings whom: a row for it, and three running sums, so that earnings are read and never added up. */
import { type EarningKind, type EarningRole, GROUPINGS } from '@grimoire/schema/earnings'
import { blockOf, type Fact } from './facts.ts'
import { type Image, keyOf, keyOfRow, type Row, type RowName } from './image.ts'

type Earner = { role: EarningRole; kind: EarningKind; account: string; workId?: string }

/** Nothing is written for nothing: a free edition, or a share that rounds to zero. */
export function earn(image: Image, fact: Fact, earner: Earner, amountAtomic: bigint): void {
  if (amountAtomic === 0n) return
  const { role, kind, account } = earner
  const { seq, atSeconds, transaction } = fact
  const workId = earner.workId ?? ('workId' in fact.args ? fact.args.workId.toString() : '')
  image.put('earnings', {
    ...{ account, role, atSeconds, seq, kind, workId, transaction },
    amountAtomic: amountAtomic.toString(),
  })
}

const dayOf = (atSeconds: number) => new Date(atSeconds * 1000).toISOString().slice(0, 10)

const sumsOf = ({ account, role, atSeconds, workId, kind }: Row<'earnings'>) => {
  const groups = { day: dayOf(atSeconds), work: workId, kind }
  return GROUPINGS.map(groupedBy => ({ account, role, groupedBy, group: groups[groupedBy] }))
}

/** The sums that this image's new earnings belong to: to be loaded when everything else is folded. */
export const sumNames = (image: Image): RowName[] =>
  image
    .changedRows('earnings')
    .flatMap(sumsOf)
    .map(sum => ({ table: 'earningSums', key: keyOfRow('earningSums', sum) }))

/** Adds each new earning to its sums, block by block, so that the journal knows what each was before. */
export function addSums(image: Image, journaling: boolean): void {
  const earned = image.changedRows('earnings').sort((a, b) => a.seq - b.seq)
  for (const row of earned) {
    image.enter(blockOf(row.seq), journaling)
    for (const sum of sumsOf(row)) {
      const before = image.get('earningSums', keyOf(sum.account, sum.role, sum.groupedBy, sum.group))
      const amountAtomic = BigInt(before?.amountAtomic ?? '0') + BigInt(row.amountAtomic)
      image.put('earningSums', {
        ...sum,
        amountAtomic: amountAtomic.toString(),
        payments: (before?.payments ?? 0) + 1,
      })
    }
  }
}
