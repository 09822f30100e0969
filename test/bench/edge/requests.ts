/** Every kind of request that the edge has to answer alike at any size of its market. */
import type { DatabaseSync } from 'node:sqlite'
import { hexText } from '@grimoire/schema/columns'
import type { Market } from './generate.ts'

/** A word that about so many works have. */
const wordOf = (db: DatabaseSync, works: number): string =>
  String(
    db.prepare('SELECT word FROM words WHERE works <= ? AND length(word) > 4 ORDER BY works DESC').get(works)
      ?.word,
  )

export function requestsOf(db: DatabaseSync, market: Market): Record<string, string> {
  const { works, workIds, holder } = market
  const commonest = (facet: string) =>
    encodeURIComponent(
      String(
        db.prepare('SELECT value FROM facet_counts WHERE facet = ? ORDER BY works DESC LIMIT 1').get(facet)
          ?.value,
      ),
    )
  const [common, middle] = [wordOf(db, works), wordOf(db, works / 50)]
  const sold = db.prepare('SELECT work_id FROM works ORDER BY sales DESC LIMIT 1').get()?.work_id
  const busiest = db
    .prepare(
      `SELECT ${hexText('recipient')} AS account FROM trades GROUP BY recipient ORDER BY count(*) DESC LIMIT 1`,
    )
    .get()?.account
  const lists = {
    'first page': '',
    ...Object.fromEntries(
      ['price', 'sales', 'served', 'trending'].map(sort => [`by ${sort}`, `sort=${sort}`]),
    ),
    ...Object.fromEntries(
      ['kind', 'disclosure', 'language', 'licence', 'base', 'adapter'].map(facet => [
        `facet ${facet}`,
        `${facet}=${commonest(facet)}`,
      ]),
    ),
    'facet tag': `tags=${commonest('tag')}`,
    'facet price': 'minPriceAtomic=1000000&maxPriceAtomic=4999999',
    'three facets by price': 'kind=prompt&language=de&adapter=yes&sort=price',
    'one word': `q=${middle}`,
    'one common word': `q=${common}`,
    'two words': `q=${common}%20${middle}`,
    prefix: `q=${middle.slice(0, 3)}`,
    'no hit': 'q=zzqzzqzzq',
    typo: `q=${middle.slice(0, 2)}${middle[3]}${middle[2]}${middle.slice(4)}x`,
  }
  return {
    ...Object.fromEntries(Object.entries(lists).map(([name, query]) => [name, `/v1/works?${query}`])),
    facets: '/v1/facets',
    'work page': `/v1/works/${workIds[Math.floor(works / 2)]}`,
    holdings: `/v1/holdings?holder=${holder}&limit=25`,
    'price history': `/v1/works/${sold}/prices`,
    activity: `/v1/works/${sold}/activity?limit=25`,
    'holder in sum': `/v1/holders/${busiest}`,
    'activity of a holder': `/v1/holders/${busiest}/activity?limit=25`,
    'orders of a holder': `/v1/holders/${busiest}/orders?limit=25`,
  }
}
