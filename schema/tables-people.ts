/** The edge's database, second part: what signed-in people keep here. No chain holds it, so no rebuild brings it back. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Nonces that were given out and not used yet. */
export const signInNonces = sqliteTable(
  'sign_in_nonces',
  {
    nonce: text('nonce').primaryKey(),
    expiresAtSeconds: integer('expires_at').notNull(),
  },
  t => [index('sign_in_nonces_by_expiry').on(t.expiresAtSeconds)],
)

/** Only the hash of a token is kept: whoever reads this table can enter nothing. */
export const sessions = sqliteTable(
  'sessions',
  {
    sessionId: text('session_id').primaryKey(),
    tokenHash: text('token_hash').notNull().unique(),
    wallet: text('wallet').notNull(),
    carrier: text('carrier').notNull(),
    createdAtSeconds: integer('created_at').notNull(),
    expiresAtSeconds: integer('expires_at').notNull(),
  },
  t => [
    index('sessions_by_wallet').on(t.wallet, t.createdAtSeconds),
    index('sessions_by_expiry').on(t.expiresAtSeconds),
  ],
)

export const profiles = sqliteTable('profiles', {
  wallet: text('wallet').primaryKey(),
  name: text('name').notNull(),
  bio: text('bio').notNull(),
  links: text('links', { mode: 'json' }).$type<string[]>().notNull(),
  updatedAtSeconds: integer('updated_at').notNull(),
})

export const favourites = sqliteTable(
  'favourites',
  {
    wallet: text('wallet').notNull(),
    workId: text('work_id').notNull(),
    addedAtSeconds: integer('added_at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.wallet, t.workId] }),
    index('favourites_by_age').on(t.wallet, t.addedAtSeconds, t.workId),
  ],
)

/** One of each wallet and work: who reports it again says it anew. */
export const reports = sqliteTable(
  'reports',
  {
    reporter: text('reporter').notNull(),
    workId: text('work_id').notNull(),
    reason: text('reason').notNull(),
    text: text('text').notNull(),
    reportedAtSeconds: integer('reported_at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.reporter, t.workId] }),
    index('reports_by_age').on(t.reportedAtSeconds, t.reporter, t.workId),
    index('reports_by_reporter').on(t.reporter, t.reportedAtSeconds),
  ],
)

/** What moderators did. Triggers refuse that a line is changed or taken out. */
export const moderation = sqliteTable('moderation', {
  entry: integer('entry').primaryKey({ autoIncrement: true }),
  workId: text('work_id').notNull(),
  action: text('action').notNull(),
  reason: text('reason').notNull(),
  note: text('note').notNull(),
  moderator: text('moderator').notNull(),
  atSeconds: integer('at').notNull(),
})

/** What is hidden now: the log's last word on each work, where that was to hide it. */
export const hiddenWorks = sqliteTable('hidden_works', {
  workId: text('work_id').primaryKey(),
  reason: text('reason').notNull(),
  note: text('note').notNull(),
  hiddenAtSeconds: integer('hidden_at').notNull(),
})

export const webhooks = sqliteTable(
  'webhooks',
  {
    webhookId: text('webhook_id').primaryKey(),
    wallet: text('wallet').notNull(),
    url: text('url').notNull(),
    secret: text('secret').notNull(),
    createdAtSeconds: integer('created_at').notNull(),
  },
  t => [index('webhooks_by_wallet').on(t.wallet)],
)

/** Written in the batch that writes, or undoes, the trade itself: none is forgotten, and none is made up. */
export const deliveries = sqliteTable(
  'deliveries',
  {
    place: integer('place').primaryKey({ autoIncrement: true }),
    deliveryId: text('delivery_id').notNull().unique(),
    webhookId: text('webhook_id').notNull(),
    /** Of the trade. */
    seq: integer('seq').notNull(),
    type: text('type').notNull(),
    body: text('body').notNull(),
    state: text('state').notNull(),
    attempts: integer('attempts').notNull(),
    lastStatus: integer('last_status'),
    nextAttemptAtSeconds: integer('next_attempt_at'),
    createdAtSeconds: integer('created_at').notNull(),
    reverted: integer('reverted', { mode: 'boolean' }).notNull(),
  },
  t => [
    index('deliveries_by_webhook').on(t.webhookId, t.place),
    index('deliveries_by_trade').on(t.seq),
    index('deliveries_due').on(t.nextAttemptAtSeconds),
  ],
)
