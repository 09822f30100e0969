/** The edge's database, fourth part: what strangers posted and what the edge measured and answered. No rebuild brings it back. */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Posted by sellers, checked against the chain when posted. Whether one still stands is decided when it is read. */
export const listings = sqliteTable(
  'listings',
  {
    digest: text('digest').primaryKey(),
    seller: text('seller').notNull(),
    workId: text('work_id').notNull(),
    quantity: integer('quantity').notNull(),
    /** For one edition. */
    priceAtomic: integer('price_atomic').notNull(),
    minProceedsAtomic: integer('min_proceeds_atomic').notNull(),
    /** The highest fee at which the seller still receives that. */
    maxFeeBps: integer('max_fee_bps').notNull(),
    nonce: text('nonce').notNull(),
    counter: text('counter').notNull(),
    /** What `nonces.filledOrder` says once this listing is filled in part. */
    filledOrder: text('filled_order').notNull(),
    expiresAtSeconds: integer('expires_at').notNull(),
    signature: text('signature').notNull(),
    postedAtSeconds: integer('posted_at').notNull(),
  },
  t => [
    index('listings_by_work').on(t.workId, t.priceAtomic, t.digest),
    index('listings_by_seller').on(t.seller, t.postedAtSeconds),
    index('listings_by_age').on(t.workId, t.postedAtSeconds),
    index('listings_by_expiry').on(t.expiresAtSeconds),
  ],
)

/** Posted by buyers, checked as listings are; whether the buyer can still pay is asked of the money after every step of the chain. */
export const offers = sqliteTable(
  'offers',
  {
    digest: text('digest').notNull(),
    payment: text('payment').notNull(),
    buyer: text('buyer').notNull(),
    workId: text('work_id').notNull(),
    quantity: integer('quantity').notNull(),
    /** For one edition. */
    priceAtomic: integer('price_atomic').notNull(),
    nonce: text('nonce').notNull(),
    counter: text('counter').notNull(),
    filledOrder: text('filled_order').notNull(),
    expiresAtSeconds: integer('expires_at').notNull(),
    signature: text('signature').notNull(),
    postedAtSeconds: integer('posted_at').notNull(),
    payable: integer('payable', { mode: 'boolean' }).notNull().default(true),
    /** The block at which that was asked; 0 before it was. */
    checkedBlock: integer('checked_block').notNull().default(0),
  },
  t => [
    primaryKey({ columns: [t.digest, t.payment] }),
    index('offers_by_work').on(t.workId, t.priceAtomic),
    index('offers_by_buyer').on(t.buyer, t.postedAtSeconds),
    index('offers_by_age').on(t.workId, t.postedAtSeconds),
    index('offers_by_expiry').on(t.expiresAtSeconds),
    index('offers_by_check').on(t.checkedBlock),
  ],
)

/**
 * Proofs of opening that anyone posted, checked against the chain when posted. No chain holds them: a rebuilt edge has
 * none until it is told again. One counts while its content and its operator's key are still the ledger's, and the operator
 * is bonded. Of each operator and work only the newest version's is kept.
 */
export const openings = sqliteTable(
  'openings',
  {
    workId: text('work_id').notNull(),
    version: integer('version').notNull(),
    operator: text('operator').notNull(),
    contentHash: text('content_hash').notNull(),
    paymentKey: text('payment_key').notNull(),
    openedAtSeconds: integer('opened_at').notNull(),
    /** As it was posted. */
    proof: text('proof').notNull(),
    /** The registry's, which never changes: what the operator has to bond for this to count. */
    minimumBondAtomic: integer('minimum_bond').notNull().default(0),
  },
  t => [
    primaryKey({ columns: [t.workId, t.version, t.operator] }),
    index('openings_by_operator').on(t.operator, t.openedAtSeconds),
  ],
)

/**
 * What the edge measured of operators' nodes itself, one row each. No chain holds it: a rebuilt edge measures anew.
 * `samples` is the ring of a day; the figures stand before it, so that a list does not read it. @public SQL reads it
 */
export const health = sqliteTable(
  'health',
  {
    operator: text('operator').primaryKey(),
    /** Where it was measured. */
    endpoint: text('endpoint').notNull(),
    dueAtSeconds: integer('due_at').notNull(),
    summary: text('summary'),
    samples: text('samples').notNull(),
  },
  t => [index('health_by_turn').on(t.dueAtSeconds)],
)

/** The newest quote that an operator's node gave the edge for a work; null where it refused. @public SQL reads it */
export const quotes = sqliteTable(
  'quotes',
  {
    workId: text('work_id').notNull(),
    operator: text('operator').notNull(),
    askedAtSeconds: integer('asked_at').notNull(),
    quote: text('quote'),
  },
  t => [
    primaryKey({ columns: [t.workId, t.operator] }),
    index('quotes_by_operator').on(t.operator, t.askedAtSeconds),
  ],
)

/** Answers by their idempotency key, for a day; without a status the request is under way. @public drizzle-kit reads it */
export const replays = sqliteTable(
  'replays',
  {
    /** sha256 of caller, method, path and key. */
    name: text('name').primaryKey(),
    requestHash: text('request_hash').notNull(),
    claim: text('claim').notNull(),
    claimedAtMs: integer('claimed_at').notNull(),
    status: integer('status'),
    contentType: text('content_type'),
    body: text('body'),
  },
  t => [index('replays_by_age').on(t.claimedAtMs)],
)
