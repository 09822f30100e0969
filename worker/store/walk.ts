/** Walks works in an order, a page at a time, at a cost that does not grow with their number. */
import { bandOf } from '@grimoire/schema/facets'
import { type SQL, sql } from 'drizzle-orm'
import type { Need } from './facets.ts'
import {
  endOf,
  hitsOf,
  type Leg,
  legsOf,
  matchOf,
  orderOf,
  ordinalOf,
  type Place,
  placeAfter,
  type Sort,
  startOf,
  valueOfRow,
  valueOfSum,
  within,
} from './shelves.ts'
import { type Selected, selectHits, selectNewest } from './summaries.ts'

/**
 * So many works of the rarest need are looked through without a bound; of more, a page looks at one stretch. Needs meet inside
 * the index, at half a microsecond a work and without a row read; an exact price is held against each row.
 */
const FEW = 50_000
const FEW_ROWS = 400
const MIN_STRETCH = 100
const MAX_STRETCH = 1_000

export type PriceRange = { min: number | undefined; max: number | undefined }
export type Walk = { sort: Sort; needs: readonly Need[]; price: PriceRange; total: number; limit: number }
export type Walked = { rows: Selected[]; next: Place | null; bounded: boolean }

export async function walk(db: D1Database, asked: Walk, after: Place | null): Promise<Walked> {
  const legs = legsOf(asked.sort)
  const rows: Selected[] = []
  for (const leg of legs.slice(after?.leg ?? 0)) {
    const from = after?.leg === leg.leg ? after : firstPlace(leg, asked.price)
    const wanted = asked.limit - rows.length
    const to = await stretchEnd(db, leg, asked, { from, wanted })
    const found = await foundIn(db, leg, asked, { from, to: to ?? lastPlace(leg, asked.price) })
    const page = found.slice(0, wanted)
    rows.push(...page)
    const last = page.at(-1)
    const place = last && { leg: leg.leg, value: valueOfRow(leg.sort, last), ordinal: last.work.ordinal }
    if (found.length > wanted) return { rows, next: place ?? from, bounded: false }
    if (to) return { rows, next: to, bounded: true }
    if (rows.length === asked.limit && leg.leg + 1 < legs.length) {
      const following = legs[leg.leg + 1]
      return { rows, next: following ? startOf(following) : null, bounded: false }
    }
  }
  return { rows, next: null, bounded: false }
}

/** In the order of age places are numbers without a gap: about so many works of a need lie within this many. */
function olderBy(works: number, { from, total }: { from: Place; total: number }): Place | null {
  const ordinal = Math.min(from.ordinal, total + 1) - works
  return ordinal > 1 ? { ...from, ordinal } : null
}

const firstPlace = (leg: Leg, { min }: PriceRange): Place =>
  leg.sort === 'price' && min !== undefined ? { leg: 0, value: valueOfSum(min), ordinal: 0 } : startOf(leg)
const lastPlace = (leg: Leg, { max }: PriceRange): Place =>
  leg.sort === 'price' && max !== undefined ? { ...endOf(leg), value: valueOfSum(max) } : endOf(leg)

const foundIn = (db: D1Database, leg: Leg, asked: Walk, stretch: { from: Place; to: Place }) => {
  const match = matchOf(asked.needs, leg.without)
  // Nothing but age is asked for, and the table itself stands in that order.
  if (leg.sort === 'new' && match === null)
    return selectNewest(db, { below: stretch.from.ordinal, limit: asked.limit + 1 })
  const inside = within(leg, match, stretch)
  return selectHits(db, hitsOf(leg), {
    found: sql`works.ordinal = ${ordinalOf(leg)}`,
    condition: sql.join([inside, ...pricedIn(asked.price)], sql` AND `),
    orderBy: orderOf(leg),
    limit: asked.limit + 1,
  })
}

/** A range from one edge to another is told by its bands alone. */
const isOfBands = ({ min, max }: PriceRange): boolean =>
  [min, max === undefined ? undefined : max + 1].every(
    edge => edge === undefined || edge === 0 || bandOf(edge) > bandOf(edge - 1),
  )

/** To the unit: a band, and a shelf's value of a great price, are wider than that. */
function pricedIn({ min, max }: PriceRange): SQL[] {
  return [
    ...(min === undefined ? [] : [sql`works.price_atomic >= ${min}`]),
    ...(max === undefined ? [] : [sql`works.price_atomic <= ${max}`]),
  ]
}

/**
 * Where several needs have to meet, they may meet nowhere: then so many works of the rarest are looked at as should hold a
 * page if the needs were independent, and never more than `MAX_STRETCH`.
 */
async function stretchEnd(
  db: D1Database,
  leg: Leg,
  { needs, price, total }: Walk,
  { from, wanted }: { from: Place; wanted: number },
): Promise<Place | null> {
  const filtered = leg.sort !== 'price' && !isOfBands(price)
  const conditions = needs.length + (leg.without === null ? 0 : 1) + (filtered ? 1 : 0)
  const [rarest, ...others] = needs.toSorted((a, b) => a.works - b.works)
  if (!rarest || conditions < 2 || rarest.works <= (filtered ? FEW_ROWS : FEW)) return null
  const chance = others.reduce((product, { works }) => product * Math.min(1, works / Math.max(1, total)), 1)
  const count = Math.min(MAX_STRETCH, Math.max(MIN_STRETCH, Math.ceil((4 * wanted) / chance)))
  if (leg.sort === 'new') return olderBy(Math.ceil((count * total) / rarest.works), { from, total })
  return placeAfter(db, leg, rarest, { from, count })
}
