/** Works as the edge lists and searches them, and one in full. */
import type { WorkDetail, WorkSummary, WorksQuery, worksPage } from '@grimoire/schema/catalogue'
import { workIdOf } from '@grimoire/schema/columns'
import { MANIFEST_MAX_BYTES } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { admissions, parents, texts, versions, works } from '@grimoire/schema/tables'
import { and, desc, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { parseManifest } from '../indexer/words.ts'
import { readBlob } from './blobs.ts'
import { readCursor, writeCursor } from './cursors.ts'
import { facetQuestion, type Need } from './facets.ts'
import { hiddenOf } from './moderation.ts'
import { MAX_RANKED, ranked } from './ranked.ts'
import { type Selected, selectWorks, summaryOf } from './summaries.ts'
import { askTogether, type Question } from './together.ts'
import { termsOf, type Used, wordNeeds, wordQuestion } from './vocabulary.ts'
import { walk } from './walk.ts'

type WorksPage = z.infer<typeof worksPage>

const placeSchema = z.union([
  z.object({ leg: z.number(), value: z.number(), ordinal: z.number() }),
  z.object({ offset: z.number(), newest: z.number() }),
])

/** What the page is of: the same for every page of one list. */
const askedOf = ({ limit: _, cursor: __, ...query }: WorksQuery): string =>
  JSON.stringify(['works', Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1))]).toLowerCase()

export async function listWorks(db: D1Database, settings: Settings, query: WorksQuery): Promise<WorksPage> {
  const q = query.q?.trim() || undefined
  const sort = query.sort ?? 'new'
  const asked = askedOf(query)
  const after = await readCursor(settings, asked, query.cursor, placeSchema)
  const none: WorksPage = {
    works: [],
    nextCursor: null,
    sort,
    order: orderOf(sort),
    bounded: false,
    corrected: [],
  }
  const terms = q === undefined ? [] : termsOf(q)
  if (q !== undefined && terms.length === 0) return none
  const facetsAsked = facetQuestion(db, query)
  const counts = terms.length + facetsAsked.statements.length > 0
  const [used, facets, total] = await askTogether<[Used, Need[], number]>(
    db,
    wordQuestion(db, terms),
    facetsAsked,
    counts ? newestOrdinal(db) : NOTHING_COUNTED,
  )
  const words = await wordNeeds(db, used)
  if (facets.some(({ works }) => works === 0)) return { ...none, corrected: words.corrected }
  const found = await find(db, query, { words: words.needs, facets, after, total })
  return {
    works: found.rows.map(row => summaryOf(row, settings)),
    nextCursor: found.next && (await writeCursor(settings, asked, found.next)),
    sort,
    order: found.order,
    bounded: found.bounded,
    corrected: words.corrected,
  }
}

const orderOf = (sort: WorksPage['sort']): WorksPage['order'] => (sort === 'new' ? 'recency' : sort)

type After = z.infer<typeof placeSchema>
type Wanted = { words: Need[]; facets: Need[]; after: After | null; total: number }

type Found = Pick<WorksPage, 'order' | 'bounded'> & { rows: Selected[]; next: After | null }

/** Few hits are put in any order; of many, a search goes by age, because to weigh them all would take too long. */
async function find(
  db: D1Database,
  query: WorksQuery,
  { words, facets, after, total }: Wanted,
): Promise<Found> {
  const needs = [...words, ...facets]
  const price = { min: query.minPriceAtomic, max: query.maxPriceAtomic }
  const { limit, sort = 'new' } = query
  const few = words.length > 0 && Math.min(...needs.map(({ works }) => works)) <= MAX_RANKED
  const by = query.sort === undefined ? 'relevance' : query.sort
  const goesOn = after !== null && 'offset' in after
  if (by !== 'new' && (goesOn || (few && after === null))) {
    const rank = goesOn ? after : { offset: 0, newest: total }
    return { ...(await ranked(db, { needs, by, price, limit }, rank)), bounded: false, order: by }
  }
  const walked = words.length > 0 ? 'new' : sort
  const place = goesOn ? null : after
  const page = await walk(db, { sort: walked, needs, price, total, limit }, place)
  return { ...page, order: orderOf(walked) }
}

/** How many works there are: what a walk along nothing but an order need not know. */
const newestOrdinal = (db: D1Database): Question<number> => ({
  statements: [db.prepare(`SELECT value FROM totals WHERE name = 'works'`)],
  read: ([row]) => (row?.results[0] as { value: number } | undefined)?.value ?? 0, // Safety: the column of the statement.
})
const NOTHING_COUNTED: Question<number> = { statements: [], read: () => 0 }

export async function findWork(db: D1Database, settings: Settings, workId: string): Promise<WorkSummary> {
  const row = await selectWorks(db).where(eq(works.workId, workId)).get()
  if (!row)
    throw new Problem('work_unknown', { got: workId, expected: 'a work on the ledger that is indexed' })
  return summaryOf(row, settings)
}

export async function readWork(
  db: D1Database,
  blobs: R2Bucket,
  settings: Settings,
  workId: string,
): Promise<WorkDetail> {
  const summary = await findWork(db, settings, workId)
  const orm = drizzle(db)
  const [itsVersions, itsParents, itsAdmissions, text] = await orm.batch([
    orm
      .select({ version: versions.version, contentHash: versions.contentHash })
      .from(versions)
      .where(eq(versions.workId, workId))
      .orderBy(desc(versions.version))
      .limit(100),
    orm
      .select({
        workId: workIdOf(parents.parentId),
        shareBps: parents.shareBps,
        confirmed: parents.confirmed,
      })
      .from(parents)
      .where(eq(parents.workId, workId)),
    orm
      .select({ operator: admissions.operator, acceptedAtSeconds: admissions.acceptedAtSeconds })
      .from(admissions)
      .where(and(eq(admissions.workId, workId), eq(admissions.admitted, true))),
    orm
      .select({ contentHash: texts.contentHash })
      .from(texts)
      .innerJoin(works, eq(works.seq, texts.seq))
      .where(eq(works.workId, workId)),
  ])
  const bytes = text[0] ? await readBlob(blobs, text[0].contentHash, MANIFEST_MAX_BYTES) : null
  return {
    ...summary,
    versions: itsVersions,
    parents: itsParents,
    admitted: itsAdmissions.map(({ operator }) => getAddress(operator)),
    accepted: itsAdmissions
      .filter(({ acceptedAtSeconds }) => acceptedAtSeconds !== null)
      .map(({ operator }) => getAddress(operator)),
    manifest: bytes && parseManifest(bytes),
    hidden: await hiddenOf(db, workId),
  }
}
