/** What an answer to a search says of itself, in plain words: its order, what was looked for instead, how far it looked. */
import type { ShelfFacts } from '../edge/read-plainly.ts'
import { plain } from '../words/plain.ts'
import type { Search } from './search.ts'

const ORDERS: Record<ShelfFacts['order'], string> = {
  recency: 'the newest first',
  price: 'the cheapest first',
  sales: 'the most often bought first',
  served: 'those first whose answers were paid the most',
  trending: 'those first that were bought and asked the most of late',
  relevance: 'the best match first',
}

export const orderWords = (order: ShelfFacts['order']): string => ORDERS[order]

type Told = Pick<ShelfFacts, 'order' | 'bounded' | 'corrected'>

/** The order that was asked for: without a choice, a search is by how well it matches, and the rest by age. */
const wished = ({ q, sort }: Search): ShelfFacts['order'] =>
  sort === undefined ? (q ? 'relevance' : 'recency') : sort === 'new' ? 'recency' : sort

/** Sentences for what is not as it was asked for; none where all is. */
export function remarks(search: Search, { order, bounded, corrected }: Told): string[] {
  const words = corrected.map(
    ({ from, to }) => `No work has the word “${plain(from)}”: this is what “${plain(to)}” finds.`,
  )
  const other = wished(search)
  if (other !== order)
    words.push(
      `Too many works match to show ${orderWords(other)}, so they stand by age. Another word or condition narrows them.`,
    )
  if (bounded) words.push('The edge looked through a part of the works; “Show more” looks further.')
  return words
}
