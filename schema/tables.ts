/** The edge's database: what the chain says, folded into rows, with what strangers posted beside it. */
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * `seq` is block number * 2^20 + log index: the place of an event on the chain. It orders works by age, is the row id
 * that full-text search answers with, and comes out the same in every rebuild. Sums that a chain may hold in 256 bits
 * are decimal text; prices are INTEGER because the ledger packs them into 48 bits. Addresses are lower-case.
 */
const seq = () => integer('seq').primaryKey()

export const works = sqliteTable(
  'works',
  {
    seq: seq(),
    workId: text('work_id').notNull().unique(),
    creator: text('creator').notNull(),
    kind: text('kind').notNull(),
    disclosure: text('disclosure').notNull(),
    admission: text('admission').notNull(),
    editionCap: integer('edition_cap').notNull(),
    priceAtomic: integer('price_atomic').notNull(),
    resaleRoyaltyBps: integer('resale_royalty_bps').notNull(),
    usageRoyaltyBps: integer('usage_royalty_bps').notNull(),
    maxTurnFeeAtomic: integer('max_turn_fee_atomic').notNull(),
    maxInputPerMillionBytesAtomic: integer('max_input_atomic').notNull(),
    maxOutputPerMillionBytesAtomic: integer('max_output_atomic').notNull(),
    createdAtSeconds: integer('created_at').notNull(),
    latestVersion: integer('latest_version').notNull(),
    contentHash: text('content_hash').notNull(),
    minted: integer('minted').notNull(),
    sales: integer('sales').notNull(),
    lastPriceAtomic: text('last_price_atomic'),
    collectedAtomic: text('collected_atomic').notNull(),
    royaltiesAtomic: text('royalties_atomic').notNull(),
  },
  t => [
    index('works_by_creator').on(t.creator, t.seq),
    index('works_by_kind').on(t.kind, t.seq),
    index('works_by_price').on(t.priceAtomic, t.seq),
    index('works_by_sales').on(t.sales, t.seq),
    index('works_by_kind_price').on(t.kind, t.priceAtomic, t.seq),
    index('works_by_kind_sales').on(t.kind, t.sales, t.seq),
  ],
)

export const versions = sqliteTable(
  'versions',
  {
    workId: text('work_id').notNull(),
    version: integer('version').notNull(),
    contentHash: text('content_hash').notNull(),
    publishedAtSeconds: integer('published_at').notNull(),
  },
  t => [primaryKey({ columns: [t.workId, t.version] }), index('versions_by_hash').on(t.contentHash)],
)

export const parents = sqliteTable(
  'parents',
  {
    workId: text('work_id').notNull(),
    parentId: text('parent_id').notNull(),
    shareBps: integer('share_bps').notNull(),
    confirmed: integer('confirmed', { mode: 'boolean' }).notNull(),
  },
  t => [primaryKey({ columns: [t.workId, t.parentId] }), index('parents_by_parent').on(t.parentId)],
)

/** Whom a listed work admits, and who of them undertook to serve it. A removal is kept with the second at which it takes effect. */
export const admissions = sqliteTable(
  'admissions',
  {
    workId: text('work_id').notNull(),
    operator: text('operator').notNull(),
    admitted: integer('admitted', { mode: 'boolean' }).notNull(),
    effectiveAtSeconds: integer('effective_at').notNull(),
    acceptedAtSeconds: integer('accepted_at'),
  },
  t => [primaryKey({ columns: [t.workId, t.operator] }), index('admissions_by_operator').on(t.operator)],
)

export const holdings = sqliteTable(
  'holdings',
  {
    holder: text('holder').notNull(),
    workId: text('work_id').notNull(),
    editions: integer('editions').notNull(),
    openedCopies: integer('opened_copies').notNull(),
  },
  t => [primaryKey({ columns: [t.holder, t.workId] }), index('holdings_by_work').on(t.workId)],
)

/** Primary sales (`mint`, seller is the creator), bought listings (`sale`) and accepted offers (`offer`). */
export const trades = sqliteTable(
  'trades',
  {
    seq: seq(),
    kind: text('kind').notNull(),
    workId: text('work_id').notNull(),
    seller: text('seller').notNull(),
    recipient: text('recipient').notNull(),
    quantity: integer('quantity').notNull(),
    /** For all its editions. */
    costAtomic: text('cost_atomic').notNull(),
    royaltyAtomic: text('royalty_atomic').notNull(),
    feeAtomic: text('fee_atomic').notNull(),
    atSeconds: integer('at').notNull(),
    transaction: text('tx').notNull(),
  },
  t => [
    index('trades_by_work').on(t.workId, t.seq),
    index('trades_by_seller').on(t.seller, t.seq),
    index('trades_by_recipient').on(t.recipient, t.seq),
  ],
)

/** What answers brought: each time a splitter was emptied, and how it was divided. */
export const collections = sqliteTable(
  'collections',
  {
    seq: seq(),
    workId: text('work_id').notNull(),
    operator: text('operator').notNull(),
    amountAtomic: text('amount_atomic').notNull(),
    creatorAtomic: text('creator_atomic').notNull(),
    parentsAtomic: text('parents_atomic').notNull(),
    operatorAtomic: text('operator_atomic').notNull(),
    protocolAtomic: text('protocol_atomic').notNull(),
    atSeconds: integer('at').notNull(),
    transaction: text('tx').notNull(),
  },
  t => [
    index('collections_by_work').on(t.workId, t.seq),
    index('collections_by_operator').on(t.operator, t.seq),
  ],
)

export const operators = sqliteTable('operators', {
  operator: text('operator').primaryKey(),
  endpoint: text('endpoint').notNull(),
  sessionKey: text('session_key').notNull(),
  paymentKey: text('payment_key').notNull(),
  turnFeeAtomic: integer('turn_fee_atomic').notNull(),
  inputPerMillionBytesAtomic: integer('input_atomic').notNull(),
  outputPerMillionBytesAtomic: integer('output_atomic').notNull(),
  bondAtomic: text('bond_atomic').notNull(),
  freeAtSeconds: integer('free_at'),
  registeredAtSeconds: integer('registered_at').notNull(),
})

/** Who has raised their counter, and to what: an order signed with another one is void. */
export const makers = sqliteTable('makers', {
  maker: text('maker').primaryKey(),
  counter: text('counter').notNull(),
})

/** What became of a maker's nonce under the counter that it was last used with; an earlier counter's fate matters no more. */
export const nonces = sqliteTable(
  'nonces',
  {
    maker: text('maker').notNull(),
    nonce: text('nonce').notNull(),
    counter: text('counter').notNull(),
    cancelled: integer('cancelled', { mode: 'boolean' }).notNull(),
    /** How many editions changed hands by orders with this nonce. */
    filled: integer('filled').notNull(),
    /** Of which order: the ledger binds a nonce to the order that was first filled. Null while none was. */
    filledOrder: text('filled_order'),
  },
  t => [primaryKey({ columns: [t.maker, t.nonce] })],
)

/** The protocol's share of each work's payments: it decides whether a seller still receives what a listing asks. */
export const fees = sqliteTable('fees', {
  workId: text('work_id').primaryKey(),
  feeBps: integer('fee_bps').notNull(),
})

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
    index('listings_by_seller').on(t.seller, t.digest),
    index('listings_by_expiry').on(t.expiresAtSeconds),
  ],
)

/** Posted by buyers, checked as listings are. What the buyer holds is the money's to say, not the index's. */
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
  },
  t => [
    primaryKey({ columns: [t.digest, t.payment] }),
    index('offers_by_work').on(t.workId, t.priceAtomic),
    index('offers_by_buyer').on(t.buyer, t.digest),
    index('offers_by_expiry').on(t.expiresAtSeconds),
  ],
)

/** The words of each work's newest manifest that has been seen and found true. Triggers keep `search` equal to it. */
export const texts = sqliteTable('texts', {
  seq: seq(),
  contentHash: text('content_hash').notNull(),
  version: integer('version').notNull(),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  language: text('language').notNull(),
  licence: text('licence').notNull(),
  baseModelName: text('base_model_name').notNull(),
  baseModelSha256: text('base_model_sha256').notNull(),
  hasAdapter: integer('has_adapter', { mode: 'boolean' }).notNull(),
})

/** Hashes of recent blocks, to find where a reorganised chain still agrees. @public drizzle-kit reads it */
export const blocks = sqliteTable('blocks', {
  number: integer('number').primaryKey(),
  hash: text('hash').notNull(),
})

/** What a row was before a block changed it (null: it was not there), so that the block can be undone. @public drizzle-kit reads it */
export const journal = sqliteTable(
  'journal',
  {
    block: integer('block').notNull(),
    tableName: text('table_name').notNull(),
    key: text('key').notNull(),
    before: text('before'),
  },
  t => [primaryKey({ columns: [t.block, t.tableName, t.key] })],
)

/** One row: how far the chain has been followed, who follows it now, and why it stopped if it did. @public drizzle-kit reads it */
export const cursor = sqliteTable(
  'cursor',
  {
    id: integer('id').primaryKey(),
    /** Which ledger these rows tell of: chain id, address and first block. */
    ledger: text('ledger').notNull(),
    number: integer('number').notNull(),
    hash: text('hash').notNull(),
    atSeconds: integer('at').notNull(),
    head: integer('head'),
    /** Up to here the words of works were read too: what a nudge waits for. */
    settled: integer('settled').notNull().default(0),
    halted: integer('halted', { mode: 'boolean' }).notNull(),
    reason: text('reason'),
    lease: text('lease'),
    leaseUntilMs: integer('lease_until').notNull(),
    /** Written by every commit: 0 breaks the check and with it the whole batch, when the writer's lease or place is lost. */
    unbroken: integer('unbroken').notNull(),
  },
  t => [check('one_writer', sql`${t.unbroken} = 1`)],
)
