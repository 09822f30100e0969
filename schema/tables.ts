/** The edge's database, first part: what the chain says, folded into rows, and how far it was followed. */
import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { hashBytes, hexBytes, workNumber } from './columns.ts'

/**
 * `seq` is block number * 2^20 + log index: the place of an event on the chain. It orders works by age, is the row id
 * that full-text search answers with, and comes out the same in every rebuild. Sums that a chain may hold in 256 bits
 * are decimal text; prices are INTEGER because the ledger packs them into 48 bits. Addresses are lower-case. What the
 * chain fills row by row names works, accounts and hashes as `columns.ts` has it.
 */
const seq = () => integer('seq').primaryKey()

export const works = sqliteTable('works', {
  /** The ledger's first work is 1. Full-text search and the shelves name a work by it: small numbers make small indexes, and a hit's row is found at once. */
  ordinal: integer('ordinal').primaryKey(),
  seq: integer('seq').notNull().unique(),
  workId: text('work_id').notNull().unique(),
  creator: hexBytes('creator').notNull(),
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
  contentHash: hashBytes('content_hash').notNull(),
  minted: integer('minted').notNull(),
  sales: integer('sales').notNull(),
  lastPriceAtomic: text('last_price_atomic'),
  collectedAtomic: text('collected_atomic').notNull(),
  royaltiesAtomic: text('royalties_atomic').notNull(),
  /** Until which second the work stays warm: see `warmed` in the fold. 0: nothing has happened to it. */
  warmUntilSeconds: integer('warm_until').notNull().default(0),
})

/** How many works the ledger has made so far. */
export const totals = sqliteTable('totals', {
  name: text('name').primaryKey(),
  value: integer('value').notNull(),
})

/** How many works have each value of a facet. Triggers keep it equal to `works` and `texts`. @public drizzle-kit reads it */
export const facetCounts = sqliteTable(
  'facet_counts',
  {
    facet: text('facet').notNull(),
    value: text('value').notNull(),
    works: integer('works').notNull(),
  },
  t => [
    primaryKey({ columns: [t.facet, t.value] }),
    index('facet_counts_by_works').on(t.facet, sql`works DESC`, t.value),
  ],
)

/** What all works of a creator come to. Triggers keep it equal to `works`; sums stay below 2^63. @public drizzle-kit reads it */
export const creators = sqliteTable('creators', {
  creator: hexBytes('creator').primaryKey(),
  works: integer('works').notNull(),
  minted: integer('minted').notNull(),
  sales: integer('sales').notNull(),
  collectedAtomic: integer('collected_atomic').notNull(),
  royaltiesAtomic: integer('royalties_atomic').notNull(),
})

export const versions = sqliteTable(
  'versions',
  {
    workId: workNumber('work').notNull(),
    version: integer('version').notNull(),
    contentHash: hashBytes('content_hash').notNull(),
    publishedAtSeconds: integer('published_at').notNull(),
  },
  t => [primaryKey({ columns: [t.workId, t.version] })],
)

export const parents = sqliteTable(
  'parents',
  {
    workId: workNumber('work').notNull(),
    parentId: workNumber('parent').notNull(),
    shareBps: integer('share_bps').notNull(),
    confirmed: integer('confirmed', { mode: 'boolean' }).notNull(),
  },
  t => [primaryKey({ columns: [t.workId, t.parentId] }), index('parents_by_parent').on(t.parentId, t.workId)],
)

/** Whom a listed work admits, and who of them undertook to serve it. A removal is kept with the second at which it takes effect. */
export const admissions = sqliteTable(
  'admissions',
  {
    workId: workNumber('work').notNull(),
    operator: hexBytes('operator').notNull(),
    admitted: integer('admitted', { mode: 'boolean' }).notNull(),
    effectiveAtSeconds: integer('effective_at').notNull(),
    acceptedAtSeconds: integer('accepted_at'),
  },
  t => [primaryKey({ columns: [t.workId, t.operator] }), index('admissions_by_operator').on(t.operator)],
)

export const holdings = sqliteTable(
  'holdings',
  {
    holder: hexBytes('holder').notNull(),
    workId: workNumber('work').notNull(),
    editions: integer('editions').notNull(),
    openedCopies: integer('opened_copies').notNull(),
  },
  t => [primaryKey({ columns: [t.holder, t.workId] }), index('holdings_by_work').on(t.workId, t.holder)],
)

/** Primary sales (`mint`, seller is the creator), bought listings (`sale`) and accepted offers (`offer`). */
export const trades = sqliteTable(
  'trades',
  {
    seq: seq(),
    kind: text('kind').notNull(),
    workId: workNumber('work').notNull(),
    seller: hexBytes('seller').notNull(),
    recipient: hexBytes('recipient').notNull(),
    quantity: integer('quantity').notNull(),
    /** For all its editions. */
    costAtomic: text('cost_atomic').notNull(),
    royaltyAtomic: text('royalty_atomic').notNull(),
    feeAtomic: text('fee_atomic').notNull(),
    atSeconds: integer('at').notNull(),
    transaction: hexBytes('tx').notNull(),
  },
  t => [
    index('trades_by_work').on(t.workId, t.seq),
    index('trades_by_seller').on(t.seller, t.seq),
    index('trades_by_recipient').on(t.recipient, t.seq),
  ],
)

/**
 * What happened without a price, and is no row elsewhere: `given` and `moved` editions, `opened` copies, and the `published`
 * versions after the first. One event may move editions of several works.
 */
export const acts = sqliteTable(
  'acts',
  {
    seq: integer('seq').notNull(),
    workId: workNumber('work').notNull(),
    kind: text('kind').notNull(),
    /** Who gives, opens or publishes. */
    actor: hexBytes('actor').notNull(),
    recipient: hexBytes('recipient'),
    /** Of editions; null of a version. */
    quantity: integer('quantity'),
    version: integer('version'),
    atSeconds: integer('at').notNull(),
    transaction: hexBytes('tx').notNull(),
  },
  t => [
    primaryKey({ columns: [t.seq, t.workId] }),
    index('acts_by_work').on(t.workId, t.seq),
    index('acts_by_actor').on(t.actor, t.seq),
    index('acts_by_recipient').on(t.recipient, t.seq),
  ],
)

/** What an account holds and paid in sum, so that no answer has to add; kept when it holds nothing any more. */
export const holders = sqliteTable('holders', {
  holder: text('holder').primaryKey(),
  works: integer('works').notNull(),
  editions: integer('editions').notNull(),
  openedCopies: integer('opened_copies').notNull(),
  purchases: integer('purchases').notNull(),
  spentAtomic: text('spent_atomic').notNull(),
  resales: integer('resales').notNull(),
  soldAtomic: text('sold_atomic').notNull(),
  firstSeenAtSeconds: integer('first_seen_at').notNull(),
})

/** What answers brought: each time a splitter was emptied, and how it was divided. */
export const collections = sqliteTable(
  'collections',
  {
    seq: seq(),
    workId: workNumber('work').notNull(),
    operator: hexBytes('operator').notNull(),
    amountAtomic: text('amount_atomic').notNull(),
    creatorAtomic: text('creator_atomic').notNull(),
    parentsAtomic: text('parents_atomic').notNull(),
    operatorAtomic: text('operator_atomic').notNull(),
    protocolAtomic: text('protocol_atomic').notNull(),
    atSeconds: integer('at').notNull(),
    transaction: hexBytes('tx').notNull(),
  },
  t => [
    index('collections_by_work').on(t.workId, t.seq),
    index('collections_by_operator').on(t.operator, t.seq),
  ],
)

/**
 * Each sum that a work brought its creator (`sale`, `royalty`, `answers`, `parent`) or an operator (`serving`), as the
 * ledger credited it. The clock of a chain never runs back, so the order by second is the order of events.
 */
export const earnings = sqliteTable(
  'earnings',
  {
    account: hexBytes('account').notNull(),
    role: text('role').notNull(),
    atSeconds: integer('at').notNull(),
    seq: integer('seq').notNull(),
    kind: text('kind').notNull(),
    workId: workNumber('work').notNull(),
    amountAtomic: text('amount_atomic').notNull(),
    transaction: hexBytes('tx').notNull(),
  },
  t => [primaryKey({ columns: [t.account, t.role, t.atSeconds, t.seq, t.kind] })],
)

/** The same, added up three ways: by day (`2026-11-27`, UTC), by work and by kind; so that no answer has to add. */
export const earningSums = sqliteTable(
  'earning_sums',
  {
    account: hexBytes('account').notNull(),
    role: text('role').notNull(),
    /** `day`, `work` or `kind`. */
    groupedBy: text('grouped_by').notNull(),
    /** Which day, work or kind. */
    group: text('name').notNull(),
    amountAtomic: text('amount_atomic').notNull(),
    payments: integer('payments').notNull(),
  },
  t => [primaryKey({ columns: [t.account, t.role, t.groupedBy, t.group] })],
)

export const operators = sqliteTable(
  'operators',
  {
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
  },
  t => [index('operators_by_age').on(t.registeredAtSeconds, t.operator)],
)

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
  workId: workNumber('work').primaryKey(),
  feeBps: integer('fee_bps').notNull(),
})

/** The words of each work's newest manifest that has been seen and found true. Triggers keep `search` equal to it. */
export const texts = sqliteTable('texts', {
  seq: seq(),
  contentHash: hashBytes('content_hash').notNull(),
  version: integer('version').notNull(),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull(),
  language: text('language').notNull(),
  licence: text('licence').notNull(),
  baseModelName: text('base_model_name').notNull(),
  baseModelSha256: hashBytes('base_model_sha256').notNull(),
  hasAdapter: integer('has_adapter', { mode: 'boolean' }).notNull(),
})

/**
 * Works whose words have to be read again: a version was published or undone. Written with the rows that say so, so that
 * a writer which dies before it comes to the words leaves them to the next. @public drizzle-kit reads it
 */
export const wordsDue = sqliteTable('words_due', { workId: text('work_id').primaryKey() })

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

/** One row: how far the chain has been followed, in whose term, and why it stopped if it did. @public drizzle-kit reads it */
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
    halted: integer('halted', { mode: 'boolean' }).notNull(),
    reason: text('reason'),
    /** The endpoints that the last run did without, each with the reason, a line each. */
    passedOver: text('passed_over').notNull().default(''),
    /** Whose turn it is to write: each run of the writer begins a later one, and an earlier one writes no more. */
    term: integer('term').notNull().default(0),
    /** Written by every commit: 0 breaks the check and with it the whole batch, when the writer's term or place is lost. */
    unbroken: integer('unbroken').notNull(),
  },
  t => [check('one_writer', sql`${t.unbroken} = 1`)],
)
