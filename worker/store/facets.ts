/** Facets of works: the full-text token of each value, what a query asks of them, and how many works have each. */
import type { WorksQuery } from '@grimoire/schema/catalogue'
import { hexOfBytes } from '@grimoire/schema/cid'
import { bytesText, hexText } from '@grimoire/schema/columns'
import { bandOf, FACETS, type Facet, type FacetsAnswer, PRICE_EDGES } from '@grimoire/schema/facets'
import type { Question } from './together.ts'

/** What a page's works must all have: its expression for the full-text index, and how many works have it at most. */
export type Need = { match: string; works: number }

const MARK = String.fromCharCode(0xe000)
const toHex = (text: string): string => hexOfBytes(new TextEncoder().encode(text))
/** As SQLite's `lower`: of ASCII only. */
const lower = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase())

/** The token of a facet's value, as the view `facet_tokens` writes it. */
const tokenOf = (facet: Facet | 'creator', value: string): string =>
  `"${MARK}${lower(facet)}${toHex(lower(value))}"`
/** What works have that stand on this shelf. */
export const shelfMark = (shelf: number): string => `"${MARK}shelf${shelf}"`

type Value = { facet: Facet | 'creator'; value: string }

/** Each inner list: one of these values is enough. */
function valuesOf(query: WorksQuery): Value[][] {
  const { kind, disclosure, creator, base, language, licence, tags, adapter } = query
  const one = (facet: Value['facet'], value: string | undefined): Value[][] =>
    value === undefined ? [] : [[{ facet, value: lower(value) }]]
  return [
    ...one('kind', kind),
    ...one('disclosure', disclosure),
    ...one('creator', creator),
    ...one(/^[0-9a-f]{64}$/i.test(base ?? '') ? 'base' : 'baseName', base),
    ...one('language', language),
    ...one('licence', licence),
    ...[...new Set(tags?.split(','))].flatMap(tag => one('tag', tag)),
    ...one('adapter', adapter),
    ...priceBands(query),
  ]
}

/** Ordered by price, the range is a stretch of the order itself and needs no bands. */
function priceBands({ minPriceAtomic, maxPriceAtomic, sort }: WorksQuery): Value[][] {
  if ((minPriceAtomic === undefined && maxPriceAtomic === undefined) || sort === 'price') return []
  const first = bandOf(minPriceAtomic ?? 0)
  const last = maxPriceAtomic === undefined ? PRICE_EDGES.length : bandOf(maxPriceAtomic)
  const bands = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
  return [bands.map(band => ({ facet: 'price', value: String(band) }))]
}

/** The facets of a query as needs. The counts are the kept ones: one row for each value that is asked for. */
export function facetQuestion(db: D1Database, query: WorksQuery): Question<Need[]> {
  const values = valuesOf(query)
  const asked = values.flat().map(({ facet, value }) => [facet, value])
  const ofCreators = `UNION ALL SELECT 'creator', ${hexText('c.creator')}, c.works FROM json_each(?1) a
    JOIN creators c ON a.value ->> 0 = 'creator' AND c.creator = ${bytesText('a.value ->> 1')}`
  const statement = () =>
    db
      .prepare(
        `SELECT c.facet, c.value, c.works FROM json_each(?1) a
         JOIN facet_counts c ON c.facet = a.value ->> 0 AND c.value = a.value ->> 1
         ${query.creator === undefined ? '' : ofCreators}`,
      )
      .bind(JSON.stringify(asked))
  return {
    statements: asked.length === 0 ? [] : [statement()],
    read: ([counted]) => needsOf(values, (counted?.results ?? []) as Counted[]), // Safety: the columns of the statement.
  }
}

type Counted = { facet: string; value: string; works: number }

function needsOf(values: readonly Value[][], counted: readonly Counted[]): Need[] {
  const counts = new Map(counted.map(({ facet, value, works }) => [`${facet} ${value}`, works]))
  return values.map(either => ({
    match:
      either.length === 0
        ? tokenOf('price', 'none')
        : either.map(({ facet, value }) => tokenOf(facet, value)).join(' OR '),
    works: either.reduce((sum, { facet, value }) => sum + (counts.get(`${facet} ${value}`) ?? 0), 0),
  }))
}

/** Of tags, licences and models anyone may add: the most frequent are shown. */
const VALUES_SHOWN = 50

export async function readFacets(db: D1Database): Promise<FacetsAnswer> {
  const statements = FACETS.map(facet =>
    db
      .prepare(
        'SELECT facet, value, works FROM facet_counts WHERE facet = ? ORDER BY works DESC, value LIMIT ?',
      )
      .bind(facet, VALUES_SHOWN),
  )
  const [total, ...lists] = await db.batch<{ value: string; works: number }>([
    db.prepare(`SELECT coalesce(sum(works), 0) AS works FROM facet_counts WHERE facet = 'kind'`),
    ...statements,
  ])
  const of = (facet: Facet) =>
    (lists[FACETS.indexOf(facet)]?.results ?? []).map(({ value, works }) => ({ value, works }))
  const bands = of('price')
    .map(({ value, works }) => ({ band: Number(value), works }))
    .sort((a, b) => a.band - b.band)
  return {
    works: total?.results[0]?.works ?? 0,
    kind: of('kind'),
    disclosure: of('disclosure'),
    price: bands.map(({ band, works }) => ({
      fromAtomic: String(band === 0 ? 0 : (PRICE_EDGES[band - 1] ?? 0)),
      toAtomic: band < PRICE_EDGES.length ? String(PRICE_EDGES[band]) : null,
      works,
    })),
    language: of('language'),
    licence: of('licence'),
    base: of('base'),
    baseName: of('baseName'),
    adapter: of('adapter'),
    tag: of('tag'),
  }
}
