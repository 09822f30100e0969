/** Rows of works as the edge shows them, read for whichever works a page has found. */
import type { WorkSummary } from '@grimoire/schema/catalogue'
import { formatModelId } from '@grimoire/schema/model-id'
import { texts, works } from '@grimoire/schema/tables'
import type { Admission, Disclosure, Kind } from '@grimoire/schema/work'
import { and, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import type { Settings } from '../env.ts'
import { isLive } from './listings.ts'
import { notHidden } from './moderation.ts'
import { countOfOpenings } from './openings.ts'

const { seq: _, ...textColumns } = getTableColumns(texts)
const columns = {
  work: getTableColumns(works),
  text: textColumns,
  /** Of the listings of the rows that are shown: how many live, and the least price; looked up once for both. */
  listed: sql<string>`(SELECT count(*) || ' ' || coalesce(min(l.price_atomic), '')
    FROM listings l WHERE l.work_id = works.work_id AND ${isLive(sql`works.ordinal`)})`,
  openings: countOfOpenings,
  hidden: sql<number>`NOT ${notHidden}`,
}

/** Works as rows, to be narrowed by whoever asks. */
export const selectWorks = (db: D1Database) =>
  drizzle(db).select(columns).from(works).leftJoin(texts, eq(texts.seq, works.seq))
export type Selected = Awaited<ReturnType<typeof selectWorks>>[number]

/** Works that `hits` finds: `found` says which, in a way that leaves SQLite no choice but to begin with the hits. Hidden works are left out, or only marked. */
export const selectHits = (
  db: D1Database,
  hits: SQL,
  {
    found,
    condition,
    orderBy,
    limit,
    offset = 0,
    hiddenToo = false,
  }: {
    found: SQL
    condition: SQL | undefined
    orderBy: SQL
    limit: number
    offset?: number
    hiddenToo?: boolean
  },
): Promise<Selected[]> =>
  drizzle(db)
    .select(columns)
    .from(works)
    .innerJoin(hits, found)
    .leftJoin(texts, eq(texts.seq, works.seq))
    .where(and(condition, hiddenToo ? undefined : notHidden))
    .orderBy(orderBy)
    .limit(limit)
    .offset(offset)

/** The newest below a place in the order of age. Hidden works are left out. */
export const selectNewest = (
  db: D1Database,
  { below, limit }: { below: number; limit: number },
): Promise<Selected[]> =>
  selectWorks(db)
    .where(and(lt(works.ordinal, below), notHidden))
    .orderBy(desc(works.ordinal))
    .limit(limit)

export function summaryOf({ work, text, listed, openings }: Selected, settings: Settings): WorkSummary {
  const { ADDRESSES } = settings
  const [liveListings, floorPriceAtomic] = listed.split(' ')
  return {
    workId: work.workId,
    model: formatModelId({ chainId: ADDRESSES.chainId, works: ADDRESSES.works, workId: work.workId }),
    creator: getAddress(work.creator),
    terms: termsOf(work),
    minted: work.minted,
    latestVersion: work.latestVersion,
    contentHash: work.contentHash,
    title: text?.title ?? null,
    summary: text?.summary ?? null,
    tags: text?.tags ?? [],
    language: text?.language ?? null,
    licence: text?.licence ?? null,
    baseModelName: text?.baseModelName ?? null,
    baseModelSha256: text?.baseModelSha256 ?? null,
    hasAdapter: text?.hasAdapter ?? null,
    createdAtSeconds: work.createdAtSeconds,
    floorPriceAtomic: floorPriceAtomic || null,
    lastPriceAtomic: work.lastPriceAtomic,
    liveListings: Number(liveListings),
    sales: work.sales,
    collectedAtomic: work.collectedAtomic,
    royaltiesAtomic: work.royaltiesAtomic,
    openings,
  }
}

export const termsOf = (work: typeof works.$inferSelect): WorkSummary['terms'] => ({
  kind: work.kind as Kind, // Safety: these three were written by the fold from the contract's enums.
  disclosure: work.disclosure as Disclosure,
  admission: work.admission as Admission,
  editionCap: work.editionCap,
  priceAtomic: String(work.priceAtomic),
  resaleRoyaltyBps: work.resaleRoyaltyBps,
  usageRoyaltyBps: work.usageRoyaltyBps,
  maxTurnFeeAtomic: String(work.maxTurnFeeAtomic),
  maxInputPerMillionBytesAtomic: String(work.maxInputPerMillionBytesAtomic),
  maxOutputPerMillionBytesAtomic: String(work.maxOutputPerMillionBytesAtomic),
})
