/** Where the pages of the sitemap end: found once and kept, so that naming them costs only what is new. */
import { z } from 'zod'
import type { Settings } from '../env.ts'

/** Far below the 50,000 that a sitemap may name: a page is read whole into memory. */
const WORKS_PER_PAGE = 10_000
/** So many ends are looked for in one request; the next one goes on where this ends. */
const ENDS_PER_REQUEST = 20

const kept = z.array(z.number().int())

const nameOf = ({ ADDRESSES }: Settings) =>
  `sitemap/${ADDRESSES.chainId}-${ADDRESSES.works.toLowerCase()}-${ADDRESSES.deployedAtBlock}.json`

/** The place of the last work of each full page, oldest first. A reorganisation may move works, and ends still divide them. */
export async function pageEnds(db: D1Database, bucket: R2Bucket, settings: Settings): Promise<number[]> {
  const object = await bucket.get(nameOf(settings))
  const ends = object ? (kept.safeParse(await object.json().catch(() => null)).data ?? []) : []
  const known = ends.length
  for (let found = 0; found < ENDS_PER_REQUEST; found++) {
    const end = await db
      .prepare('SELECT seq FROM works WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ?')
      .bind(ends.at(-1) ?? -1, WORKS_PER_PAGE - 1)
      .first<number>('seq')
    if (end === null) break
    ends.push(end)
  }
  if (ends.length > known) await bucket.put(nameOf(settings), JSON.stringify(ends))
  return ends
}

export type Located = { workId: string; publishedAtSeconds: number }

/** The works of one page, or null if there is no such page. Pages count from 1; the last one is still filling. */
export async function worksOfPage(db: D1Database, ends: number[], page: number): Promise<Located[] | null> {
  if (page < 1 || page > ends.length + 1) return null
  const { results } = await db
    .prepare(
      'SELECT work_id AS workId, created_at AS publishedAtSeconds FROM works WHERE seq > ? AND seq <= ? AND NOT EXISTS (SELECT 1 FROM hidden_works h WHERE h.work_id = works.work_id) ORDER BY seq LIMIT ?',
    )
    .bind(ends[page - 2] ?? -1, ends[page - 1] ?? Number.MAX_SAFE_INTEGER, 2 * WORKS_PER_PAGE)
    .all<Located>()
  return results
}
