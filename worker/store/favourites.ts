/** The works that a wallet keeps in mind, the newest first. Nobody else sees them. */
import type { PageQuery } from '@grimoire/schema/page'
import { Problem } from '@grimoire/schema/problem'
import { FAVOURITES_LIMIT, type FavouritesPage } from '@grimoire/schema/profile'
import { favourites } from '@grimoire/schema/tables-people'
import { and, desc, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { pageOf, readCursor } from './cursors.ts'
import { requireWork } from './known-work.ts'

const placeOfRow = z.tuple([z.number(), z.string()])

export async function addFavourite(db: D1Database, visitor: string, workId: string): Promise<void> {
  const wallet = visitor.toLowerCase()
  await requireWork(db, workId)
  // Counted in the same statement: of any number that come at once, only so many get in.
  const kept = await db
    .prepare(
      `INSERT INTO favourites (wallet, work_id, added_at) SELECT ?1, ?2, ?3
       WHERE (SELECT COUNT(*) FROM favourites WHERE wallet = ?1) < ?4
       ON CONFLICT (wallet, work_id) DO UPDATE SET added_at = added_at RETURNING work_id`,
    )
    .bind(wallet, workId, nowSeconds(), FAVOURITES_LIMIT)
    .first()
  if (!kept)
    throw new Problem('favourites_full', { got: 'one more', expected: `at most ${FAVOURITES_LIMIT}` })
}

export async function dropFavourite(db: D1Database, visitor: string, workId: string): Promise<void> {
  await drizzle(db)
    .delete(favourites)
    .where(and(eq(favourites.wallet, visitor.toLowerCase()), eq(favourites.workId, workId)))
}

export async function favouritesOf(
  db: D1Database,
  settings: Settings,
  visitor: string,
  { limit, cursor }: PageQuery,
): Promise<FavouritesPage> {
  const wallet = visitor.toLowerCase()
  const asked = JSON.stringify(['favourites', wallet])
  const from = await readCursor(settings, asked, cursor, placeOfRow)
  const rows = await drizzle(db)
    .select({ workId: favourites.workId, addedAtSeconds: favourites.addedAtSeconds })
    .from(favourites)
    .where(
      and(
        eq(favourites.wallet, wallet),
        from
          ? sql`(${favourites.addedAtSeconds}, ${favourites.workId}) < (${from[0]}, ${from[1]})`
          : undefined,
      ),
    )
    .orderBy(desc(favourites.addedAtSeconds), desc(favourites.workId))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, asked, {
    rows,
    limit,
    placeOf: last => [last.addedAtSeconds, last.workId],
  })
  return {
    favourites: page,
    nextCursor,
  }
}
