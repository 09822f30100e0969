/** What an account holds, paid and was paid in sum, kept with every event that changes it. */
import { zeroAddress } from 'viem'
import type { Image, Row } from './image.ts'

type Counts = 'works' | 'editions' | 'openedCopies' | 'purchases' | 'resales'
type Change = Partial<Record<Counts, number>> & { spentAtomic?: bigint; soldAtomic?: bigint }

/** In the order of the table's columns, as a row that was loaded is: the journal keeps either as text. */
const nothingOf = (holder: string, firstSeenAtSeconds: number): Row<'holders'> => ({
  ...{ holder, works: 0, editions: 0, openedCopies: 0, purchases: 0, spentAtomic: '0', resales: 0 },
  ...{ soldAtomic: '0', firstSeenAtSeconds },
})

const sum = (text: string, more = 0n): string => (BigInt(text) + more).toString()

export function countHolder(image: Image, holder: string, atSeconds: number, change: Change): void {
  if (holder === zeroAddress) return
  const before = image.get('holders', holder) ?? nothingOf(holder, atSeconds)
  image.put('holders', {
    ...before,
    works: before.works + (change.works ?? 0),
    editions: before.editions + (change.editions ?? 0),
    openedCopies: before.openedCopies + (change.openedCopies ?? 0),
    purchases: before.purchases + (change.purchases ?? 0),
    spentAtomic: sum(before.spentAtomic, change.spentAtomic),
    resales: before.resales + (change.resales ?? 0),
    soldAtomic: sum(before.soldAtomic, change.soldAtomic),
  })
}
