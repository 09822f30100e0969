/** One thing that happened, as a sentence: who, what, with whom, for how much. */
import type { ActivityRow } from '@grimoire/schema/activity'
import type { ReactNode } from 'react'
import { count, money } from '../words/plain.ts'
import { Person } from './person.tsx'

const editions = (quantity: number | null): string =>
  quantity === null || quantity === 1 ? 'an edition' : `${count(quantity)} editions`

/** What a sentence is made of. Whoever acts in it is “You” where that is so. */
type Told = {
  from: ReactNode
  to: ReactNode
  /** Of a sale the seller, who is told of. */
  seller: ReactNode
  /** Of a sale or an offer the one who acts. */
  buyer: ReactNode
  what: ReactNode
  of: ReactNode
  paid: string
  royalty: string
  price: string
  version: number | null
}

function toldOf({ row, of }: { row: ActivityRow; of: ReactNode }): Told {
  const { quantity, priceAtomic, costAtomic, royaltyAtomic, version } = row
  const isFree = costAtomic === null || costAtomic === '0'
  const hasRoyalty = royaltyAtomic !== null && royaltyAtomic !== '0'
  return {
    from: row.from && <Person address={row.from} you="You" />,
    to: row.to && <Person address={row.to} />,
    seller: row.from && <Person address={row.from} />,
    buyer: row.to && <Person address={row.to} you="You" />,
    what: (
      <>
        {editions(quantity)}
        {of && <> of {of}</>}
      </>
    ),
    of,
    paid: isFree ? 'for nothing' : `for ${money(costAtomic)}`,
    royalty: hasRoyalty ? `; ${money(royaltyAtomic)} of it went to its maker.` : '.',
    price: money(priceAtomic ?? '0') + (quantity !== null && quantity > 1 ? ' each' : ''),
    version,
  }
}

const SENTENCES: Record<ActivityRow['kind'], (told: Told) => ReactNode> = {
  made: ({ from, of }) => (
    <>
      {from} made {of ?? 'it'}.
    </>
  ),
  minted: ({ buyer, what, paid }) => (
    <>
      {buyer} bought {what} from its maker {paid}.
    </>
  ),
  sold: ({ buyer, what, seller, paid, royalty }) => (
    <>
      {buyer} bought {what} from {seller} {paid}
      {royalty}
    </>
  ),
  accepted: ({ from, what, to, paid, royalty }) => (
    <>
      {from} sold {what} to {to}, who had offered for it, {paid}
      {royalty}
    </>
  ),
  given: ({ from, what, to }) => (
    <>
      {from} gave {what} to {to}.
    </>
  ),
  moved: ({ from, what, to }) => (
    <>
      {from} sold or gave {what} to {to} by way of another marketplace.
    </>
  ),
  opened: ({ from, what }) => (
    <>
      {from} burned {what} to open a copy.
    </>
  ),
  published: ({ from, version, of }) => (
    <>
      {from} published version {version}
      {of && <> of {of}</>}.
    </>
  ),
  listed: ({ from, what, price }) => (
    <>
      {from} put {what} up for sale at {price}.
    </>
  ),
  offered: ({ buyer, price, what }) => (
    <>
      {buyer} offered {price} for {what}.
    </>
  ),
}

/** `of` names the work where the list is not of one work alone. */
export const Sentence = (props: { row: ActivityRow; of: ReactNode }): ReactNode =>
  SENTENCES[props.row.kind](toldOf(props))
