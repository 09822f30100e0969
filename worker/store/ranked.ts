/** A search whose words few works have: all of these are weighed, the best fitting first, or put in the order asked for. */
import { type SQL, sql } from 'drizzle-orm'
import type { Need } from './facets.ts'
import { notHidden } from './moderation.ts'
import { matchOf, type Sort } from './shelves.ts'
import { type Selected, selectHits } from './summaries.ts'
import type { PriceRange } from './walk.ts'

/** More hits than this take too long to weigh: some two microseconds each. */
export const MAX_RANKED = 400

/** A word in the title says most of what a work is, one in its tags more than one in its text. Facets say nothing here. */
const WEIGHTS = 'bm25(8.0, 1.0, 4.0, 0.0)'

const ORDER_BY: Record<Exclude<Sort, 'new'>, string> = {
  price: 'works.price_atomic, works.ordinal',
  sales: 'works.sales DESC, works.ordinal DESC',
  served: 'CAST(works.collected_atomic AS INTEGER) DESC, works.ordinal DESC',
  trending: 'works.warm_until DESC, works.ordinal DESC',
}

/** The page's place in the ranking, of the works that were there when the first page was read. */
export type Rank = { offset: number; newest: number }

type Ranked = {
  needs: readonly Need[]
  by: 'relevance' | Exclude<Sort, 'new'>
  price: PriceRange
  limit: number
}

export async function ranked(
  db: D1Database,
  asked: Ranked,
  { offset, newest }: Rank,
): Promise<{ rows: Selected[]; next: Rank | null }> {
  const { by, price, limit } = asked
  const plain = by === 'relevance' && price.min === undefined && price.max === undefined
  const found = await (plain
    ? bestFitting(db, asked, { offset, newest })
    : inOrder(db, asked, { offset, newest }))
  return {
    rows: found.slice(0, limit).filter(({ hidden }) => !hidden),
    next: found.length > limit ? { offset: offset + limit, newest } : null,
  }
}

const among = (needs: readonly Need[], newest: number): SQL =>
  sql`search MATCH ${matchOf(needs, null)} AND search.rowid <= CAST(${newest} AS INTEGER) AND rank MATCH ${WEIGHTS}`

/**
 * The index itself weighs its hits and hands them over the best first, so that only the rows of the page are read. With a
 * further term in this order, all would be read and sorted. Equal weights keep the index's own order, which no page changes.
 */
function bestFitting(db: D1Database, { needs, limit }: Ranked, { offset, newest }: Rank) {
  return selectHits(db, sql.raw('search'), {
    found: sql`works.ordinal = +search.rowid`,
    condition: among(needs, newest),
    orderBy: sql`search.rank`,
    limit: limit + 1,
    offset,
    hiddenToo: true,
  })
}

/** What else a hit is ordered or narrowed by stands in its row, so all of them are looked up. */
function inOrder(db: D1Database, { needs, by, price, limit }: Ranked, { offset, newest }: Rank) {
  const priced = sql`works.price_atomic BETWEEN ${price.min ?? 0} AND ${price.max ?? Number.MAX_SAFE_INTEGER}`
  const order = by === 'relevance' ? sql`hits.weight, works.ordinal DESC` : sql.raw(ORDER_BY[by])
  const hits = sql`(SELECT works.ordinal AS ordinal, search.rank AS weight FROM search CROSS JOIN works
    WHERE ${among(needs, newest)} AND works.ordinal = search.rowid AND ${priced} AND ${notHidden}
    ORDER BY ${by === 'relevance' ? sql`search.rank, works.ordinal DESC` : order} LIMIT ${limit + 1} OFFSET ${offset}) hits`
  return selectHits(db, hits, {
    found: sql`works.ordinal = hits.ordinal`,
    condition: undefined,
    orderBy: order,
    limit: limit + 1,
  })
}
