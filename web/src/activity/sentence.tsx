/** One thing that happened, as a sentence: who, what, with whom, for how much. */
import type { ActivityRow } from '@grimoire/schema/activity'
import type { ReactNode } from 'react'
import { count, money } from '../words/plain.ts'
import { Person } from './person.tsx'

const editions = (quantity: number | null): string =>
  quantity === null || quantity === 1 ? 'an edition' : `${count(quantity)} editions`

/** `of` names the work where the list is not of one work alone. */
export function Sentence({ row, of }: { row: ActivityRow; of: ReactNode }) {
  const { kind, quantity, priceAtomic, costAtomic, royaltyAtomic, version } = row
  const from = row.from && <Person address={row.from} you="You" />
  const to = row.to && <Person address={row.to} />
  const To = row.to && <Person address={row.to} you="You" />
  const what = (
    <>
      {editions(quantity)}
      {of && <> of {of}</>}
    </>
  )
  const paid = costAtomic === null || costAtomic === '0' ? 'for nothing' : `for ${money(costAtomic)}`
  const royalty =
    royaltyAtomic === null || royaltyAtomic === '0'
      ? '.'
      : `; ${money(royaltyAtomic)} of it went to its maker.`
  const each = quantity !== null && quantity > 1 ? ' each' : ''
  const words: Record<ActivityRow['kind'], ReactNode> = {
    made: (
      <>
        {from} made {of ?? 'it'}.
      </>
    ),
    minted: (
      <>
        {To} bought {what} from its maker {paid}.
      </>
    ),
    sold: (
      <>
        {To} bought {what} from {row.from && <Person address={row.from} />} {paid}
        {royalty}
      </>
    ),
    accepted: (
      <>
        {from} sold {what} to {to}, who had offered for it, {paid}
        {royalty}
      </>
    ),
    given: (
      <>
        {from} gave {what} to {to}.
      </>
    ),
    moved: (
      <>
        {from} sold or gave {what} to {to} by way of another marketplace.
      </>
    ),
    opened: (
      <>
        {from} burned {what} to open a copy.
      </>
    ),
    published: (
      <>
        {from} published version {version}
        {of && <> of {of}</>}.
      </>
    ),
    listed: (
      <>
        {from} put {what} up for sale at {money(priceAtomic ?? '0')}
        {each}.
      </>
    ),
    offered: (
      <>
        {To} offered {money(priceAtomic ?? '0')}
        {each} for {what}.
      </>
    ),
  }
  return words[kind]
}
