/** The orders of works, as the full-text indexes `search` and `shelves` hold them: places, stretches, and what lies in one. */
import { type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { type Need, shelfMark } from './facets.ts'
import type { Selected } from './summaries.ts'

/** The shelves, as the view `shelf_places` numbers them. The order of age has none: `search` itself stands in it. */
const SHELVES = { price: 0, sales: 1, served: 2, trending: 3 } as const
export type Sort = 'new' | keyof typeof SHELVES

/** A place in an order: which leg of it, the value that orders it, and the work's ordinal. */
export type Place = { leg: number; value: number; ordinal: number }

/** A stretch of one index. `without`: only works that do not stand on this shelf. */
export type Leg = { leg: number; sort: Sort; shelf: number; descending: boolean; without: number | null }

const MAX_VALUE = 2 ** 37 - 1
const MAX_ORDINAL = 2 ** 24 - 1
const EXACT = 2 ** 36

/** A sum as a shelf orders it: exact to 68,719 units of money, beyond that to less than a hundredth of one. */
export const valueOfSum = (atomic: number): number =>
  atomic < EXACT ? atomic : EXACT + Math.floor(Math.min(atomic, 2 ** 48 - 1) / 4_096)

/** By purchases and the like, the works that have any come first, the others follow by age. */
export function legsOf(sort: Sort): Leg[] {
  const byAge: Leg = { leg: 0, sort: 'new', shelf: 0, descending: true, without: null }
  if (sort === 'new') return [byAge]
  const shelf = SHELVES[sort]
  const first: Leg = { leg: 0, sort, shelf, descending: sort !== 'price', without: null }
  return sort === 'price' ? [first] : [first, { ...byAge, leg: 1, without: shelf }]
}

export function valueOfRow(sort: Sort, { work }: Selected): number {
  if (sort === 'price') return valueOfSum(work.priceAtomic)
  if (sort === 'sales') return Math.min(work.sales, MAX_VALUE)
  if (sort === 'served') return valueOfSum(Number(work.collectedAtomic))
  return sort === 'trending' ? Math.min(work.warmUntilSeconds, MAX_VALUE) : 0
}

/** Both ends of a leg, neither of which is the place of a work. */
export const startOf = ({ leg, descending }: Leg): Place =>
  descending ? { leg, value: MAX_VALUE, ordinal: MAX_ORDINAL } : { leg, value: 0, ordinal: 0 }
export const endOf = ({ leg, descending }: Leg): Place =>
  descending ? { leg, value: 0, ordinal: 0 } : { leg, value: MAX_VALUE, ordinal: MAX_ORDINAL }

const table = ({ sort }: Leg): SQL => sql.raw(sort === 'new' ? 'search' : 'shelves')

/** FTS5 seeks to a row id only if it is an integer, and D1 binds numbers as floats. */
const integer = (value: number): SQL => sql`CAST(${value} AS INTEGER)`
const rowidOf = ({ sort, shelf }: Leg, { value, ordinal }: Place): SQL =>
  sort === 'new'
    ? integer(ordinal)
    : sql`((${integer(shelf)} << 61) | (${integer(value)} << 24) | ${integer(ordinal)})`

const EVERY_WORK = `"${String.fromCharCode(0xe000)}kind${'70726f6d7074'}" OR "${String.fromCharCode(0xe000)}kind${'63686174626f74'}"`

export function matchOf(needs: readonly Need[], without: number | null): string | null {
  const wanted = needs.map(({ match }) => `(${match})`).join(' AND ')
  if (without === null) return wanted || null
  return `(${wanted || EVERY_WORK}) NOT ${shelfMark(without)}`
}

/** In this leg: after `from`, up to `to` where it is given. */
export function within(leg: Leg, match: string | null, { from, to }: { from: Place; to: Place | null }): SQL {
  const rowid = sql`${table(leg)}.rowid`
  const beyond = leg.descending ? sql.raw('<') : sql.raw('>')
  const upTo = leg.descending ? sql.raw('>=') : sql.raw('<=')
  return sql.join(
    [
      ...(match === null ? [] : [sql`${table(leg)} MATCH ${match}`]),
      sql`${rowid} ${beyond} ${rowidOf(leg, from)}`,
      sql`${rowid} ${upTo} ${rowidOf(leg, to ?? endOf(leg))}`,
    ],
    sql` AND `,
  )
}

export const hitsOf = (leg: Leg): SQL => table(leg)
/** Written so that no index can look it up: the walk goes through the hits in their order. */
export const ordinalOf = (leg: Leg): SQL =>
  leg.sort === 'new' ? sql`+search.rowid` : sql`(shelves.rowid & 16777215)`
export const orderOf = (leg: Leg): SQL => sql`${table(leg)}.rowid ${sql.raw(leg.descending ? 'DESC' : 'ASC')}`

/** The place of the `count`-th work after `from` that has this need; null when there are not so many. */
export async function placeAfter(
  db: D1Database,
  leg: Leg,
  need: Need,
  { from, count }: { from: Place; count: number },
): Promise<Place | null> {
  const value = leg.sort === 'new' ? sql`0` : sql`(shelves.rowid >> 24) & 137438953471`
  const row = await drizzle(db).get<{ value: number; ordinal: number } | undefined>(
    sql`SELECT ${value} AS value, ${ordinalOf(leg)} AS ordinal FROM ${table(leg)}
      WHERE ${within(leg, need.match, { from, to: null })} ORDER BY ${orderOf(leg)} LIMIT 1 OFFSET ${count - 1}`,
  )
  return row ? { leg: leg.leg, value: row.value, ordinal: row.ordinal } : null
}
