/** What moderators hid from the lists of this edge, and the log of it, which is only ever added to. */

import type {
  HiddenWork,
  ModerationAct,
  ModerationEntry,
  ModerationPage,
  Reason,
} from '@grimoire/schema/moderation'
import type { PageQuery } from '@grimoire/schema/page'
import { Problem } from '@grimoire/schema/problem'
import { hiddenWorks, moderation } from '@grimoire/schema/tables-people'
import { desc, eq, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { pageOf, readCursor } from './cursors.ts'
import { requireWork } from './known-work.ts'

/** For queries over `works`: a list costs one look-up in a small table for each row that it walks. */
export const notHidden = sql`NOT EXISTS (SELECT 1 FROM hidden_works hw WHERE hw.work_id = works.work_id)`

export async function hiddenOf(db: D1Database, workId: string): Promise<HiddenWork | null> {
  const row = await drizzle(db).select().from(hiddenWorks).where(eq(hiddenWorks.workId, workId)).get()
  if (!row) return null
  const { reason, note, hiddenAtSeconds } = row
  return { reason: reason as Reason, note, hiddenAtSeconds } // Safety: written by `moderate`.
}

const entryOf = (row: typeof moderation.$inferSelect): ModerationEntry => ({
  ...row,
  action: row.action === 'hide' ? 'hide' : 'show',
  reason: row.reason as Reason, // Safety: written by `moderate`.
  moderator: getAddress(row.moderator),
})

/** The act and its line in the log are one: neither is there without the other. */
export async function moderate(db: D1Database, wallet: string, act: ModerationAct): Promise<ModerationEntry> {
  const orm = drizzle(db)
  const { workId, action, reason, note } = act
  await requireWork(db, workId)
  if (action === 'show' && !(await hiddenOf(db, workId)))
    throw new Problem('nothing_to_do', { got: workId, expected: 'a hidden work' })
  const atSeconds = nowSeconds()
  const hidden = { reason, note, hiddenAtSeconds: atSeconds }
  const [[row]] = await orm.batch([
    orm
      .insert(moderation)
      .values({ ...act, moderator: wallet.toLowerCase(), atSeconds })
      .returning(),
    action === 'hide'
      ? orm
          .insert(hiddenWorks)
          .values({ workId, ...hidden })
          .onConflictDoUpdate({ target: hiddenWorks.workId, set: hidden })
      : orm.delete(hiddenWorks).where(eq(hiddenWorks.workId, workId)),
  ])
  if (!row) throw new Problem('internal', { detail: 'The log took no line.' })
  return entryOf(row)
}

/** The newest first. */
export async function moderationLog(
  db: D1Database,
  settings: Settings,
  { limit, cursor }: PageQuery,
): Promise<ModerationPage> {
  const before = await readCursor(settings, 'moderation', cursor, z.number())
  const rows = await drizzle(db)
    .select()
    .from(moderation)
    .where(before === null ? undefined : lt(moderation.entry, before))
    .orderBy(desc(moderation.entry))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, 'moderation', {
    rows,
    limit,
    placeOf: last => last.entry,
  })
  return {
    entries: page.map(entryOf),
    nextCursor,
  }
}
