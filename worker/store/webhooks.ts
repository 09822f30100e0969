/** A creator's webhooks, and what is to be delivered to them. */
import type { PageQuery } from '@grimoire/schema/page'
import { Problem } from '@grimoire/schema/problem'
import { deliveries, webhooks } from '@grimoire/schema/tables-people'
import { type Delivery, WEBHOOKS_PER_WALLET, type Webhook } from '@grimoire/schema/webhook'
import { and, desc, eq, exists, lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { pageOf, readCursor } from './cursors.ts'

const SECRET_BYTES = 32

export async function addWebhook(
  db: D1Database,
  visitor: string,
  url: string,
): Promise<Webhook & { secret: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
  const row = {
    webhookId: crypto.randomUUID(),
    url,
    secret: `whsec_${btoa(String.fromCharCode(...bytes))}`,
    createdAtSeconds: nowSeconds(),
  }
  // Counted in the same statement: of any number that come at once, only so many get in.
  const added = await db
    .prepare(
      `INSERT INTO webhooks (webhook_id, wallet, url, secret, created_at) SELECT ?1, ?2, ?3, ?4, ?5
       WHERE (SELECT COUNT(*) FROM webhooks WHERE wallet = ?2) < ?6 RETURNING webhook_id`,
    )
    .bind(
      ...[row.webhookId, visitor.toLowerCase(), url, row.secret, row.createdAtSeconds],
      WEBHOOKS_PER_WALLET,
    )
    .first()
  if (!added)
    throw new Problem('webhooks_full', { got: 'one more', expected: `at most ${WEBHOOKS_PER_WALLET}` })
  return row
}

export const webhooksOf = (db: D1Database, visitor: string): Promise<Webhook[]> =>
  drizzle(db)
    .select({ webhookId: webhooks.webhookId, url: webhooks.url, createdAtSeconds: webhooks.createdAtSeconds })
    .from(webhooks)
    .where(eq(webhooks.wallet, visitor.toLowerCase()))

const owned = (visitor: string, webhookId: string) =>
  and(eq(webhooks.webhookId, webhookId), eq(webhooks.wallet, visitor.toLowerCase()))

/** With what was still to be delivered. Another wallet's is not there. */
export async function dropWebhook(db: D1Database, visitor: string, webhookId: string): Promise<boolean> {
  const orm = drizzle(db)
  const mine = orm.select({ webhookId: webhooks.webhookId }).from(webhooks).where(owned(visitor, webhookId))
  const [, gone] = await orm.batch([
    orm.delete(deliveries).where(and(eq(deliveries.webhookId, webhookId), exists(mine))),
    orm.delete(webhooks).where(owned(visitor, webhookId)).returning({ webhookId: webhooks.webhookId }),
  ])
  return gone.length > 0
}

/** The newest first. */
export async function deliveriesOf(
  db: D1Database,
  settings: Settings,
  visitor: string,
  { webhookId, limit, cursor }: PageQuery & { webhookId: string },
): Promise<{ deliveries: Delivery[]; nextCursor: string | null }> {
  const orm = drizzle(db)
  const mine = await orm.select().from(webhooks).where(owned(visitor, webhookId)).get()
  if (!mine) throw new Problem('not_found', { got: webhookId, expected: 'a webhook of this wallet' })
  const before = await readCursor(settings, webhookId, cursor, z.number())
  const rows = await orm
    .select()
    .from(deliveries)
    .where(
      and(eq(deliveries.webhookId, webhookId), before === null ? undefined : lt(deliveries.place, before)),
    )
    .orderBy(desc(deliveries.place))
    .limit(limit + 1)
  const { page, nextCursor } = await pageOf(settings, webhookId, { rows, limit, placeOf: last => last.place })
  return {
    deliveries: page.map(row => ({
      deliveryId: row.deliveryId,
      type: row.type === 'sale' ? 'sale' : 'sale.reverted',
      state: row.state === 'waiting' ? 'waiting' : row.state === 'dead' ? 'dead' : 'delivered',
      attempts: row.attempts,
      lastStatus: row.lastStatus,
      nextAttemptAtSeconds: row.nextAttemptAtSeconds,
      createdAtSeconds: row.createdAtSeconds,
    })),
    nextCursor,
  }
}
