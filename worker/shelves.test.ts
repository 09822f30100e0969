/** What the triggers keep beside works and texts is what the migration makes of the same rows, and nothing stays of rows that go. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { before, describe, test } from 'node:test'
import { warmed } from './indexer/warmth.ts'
import { migrationNames, statementsOf } from './migrations.ts'

/** The migrations that know of shelves: columns, what is made of them, and the tables made anew that they hang on. */
const SHELVES = migrationNames().filter(name => /_(catalogue|shelves|narrow_keys)\.sql$/.test(name))
const EARLIER = migrationNames().filter(name => name < (SHELVES[0] ?? ''))
/** From the one after the shelves to the one that empties what is read again from the chain. */
const READ_AGAIN = migrationNames().filter(name =>
  /_(offers_payable_words_due|uploads|blob_sweep|acts)\.sql$/.test(name),
)

const apply = (db: DatabaseSync, names: readonly string[]) => {
  for (const statement of names.flatMap(statementsOf)) db.exec(statement)
}

type Cell = string | number | bigint | null
const DAY = 86_400
const hash = (at: number) => at.toString(16).padStart(64, '0')
const WORKS = 40
const seqOf = (at: number) => (100 + at) * 2 ** 20

const work = (at: number): Record<string, Cell> => ({
  seq: seqOf(at),
  work_id: String(1_000 + at),
  creator: `0x${String(at % 7).padStart(40, '0')}`,
  kind: at % 3 ? 'chatbot' : 'prompt',
  disclosure: at % 4 ? 'sealed' : 'openable',
  admission: 'listed',
  edition_cap: 10,
  price_atomic: (at % 5) * 1_500_000 + (at === 9 ? 2 ** 47 : 0),
  resale_royalty_bps: 0,
  usage_royalty_bps: 0,
  max_turn_fee_atomic: 0,
  max_input_atomic: 0,
  max_output_atomic: 0,
  created_at: at * DAY,
  latest_version: 1,
  content_hash: hash(at),
  minted: at % 2,
  sales: at % 2,
  last_price_atomic: null,
  collected_atomic: at % 6 ? '0' : `${at + 1}000000`,
  royalties_atomic: '5',
})

const text = (at: number): Record<string, Cell> => ({
  seq: seqOf(at),
  content_hash: at === 4 ? hash(999) : hash(at),
  version: 1,
  title: `Garden number ${at} of Ünïted`,
  summary: at % 2 ? 'Grows things \ue000kind70726f6d7074 well' : 'A pirate who cooks',
  tags: JSON.stringify(at % 5 ? ['home', 'home', `t-${at % 3}`] : []),
  language: at % 3 ? 'en-GB' : 'de',
  licence: at % 2 ? 'MIT' : 'CC-BY-4.0',
  base_model_name: `Base ${at % 2}`,
  base_model_sha256: hash(at % 2),
  has_adapter: at % 2,
})

const trade = (at: number): Record<string, Cell> => ({
  seq: seqOf(at) + 1,
  kind: 'mint',
  work_id: String(1_000 + at),
  seller: '0x',
  recipient: '0x',
  quantity: 1,
  cost_atomic: '0',
  royalty_atomic: '0',
  fee_atomic: '0',
  at: at * DAY + 1,
  tx: '0x',
})

function insert(db: DatabaseSync, table: string, row: Record<string, Cell>): void {
  const names = Object.keys(row)
  db.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`).run(
    ...Object.values(row),
  )
}

/** Values of every table and index that is kept beside the rows, exactly. */
function kept(db: DatabaseSync): Record<string, unknown[]> {
  const read = (sql: string) => {
    const statement = db.prepare(sql)
    statement.setReadBigInts(true)
    return statement.all().map(row => Object.values(row).map(String).join(' '))
  }
  const vocabulary = (index: string) => {
    db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.v_${index} USING fts5vocab(main, ${index}, instance)`)
    return read(`SELECT term, doc FROM temp.v_${index} ORDER BY 1, 2`)
  }
  return {
    works: read('SELECT * FROM works ORDER BY ordinal'),
    facets: read('SELECT * FROM facet_counts ORDER BY 1, 2'),
    creators: read('SELECT * FROM creators ORDER BY 1'),
    words: read('SELECT word, works, magnitude FROM words WHERE works > 0 ORDER BY 1'),
    wordless: read('SELECT * FROM wordless ORDER BY 1'),
    search: vocabulary('search'),
    shelves: vocabulary('shelves'),
    places: read('SELECT rowid FROM shelves ORDER BY 1'),
    scratch: read('SELECT * FROM scratch_words'),
  }
}

let migrated: DatabaseSync
let triggered: DatabaseSync

before(() => {
  migrated = new DatabaseSync(':memory:')
  apply(migrated, EARLIER)
  triggered = new DatabaseSync(':memory:')
  apply(triggered, [...EARLIER, ...SHELVES])
  for (let at = 0; at < WORKS; at++) {
    insert(migrated, 'works', work(at))
    if (at !== 3) insert(migrated, 'texts', text(at))
    if (at % 2) insert(migrated, 'trades', trade(at))
  }
  migrated.exec(`INSERT INTO journal VALUES (101, 'works', '1001', NULL),
    (102, 'works', '1001', json_object('workId', '1001'))`)
  apply(migrated, SHELVES)
})

const ordinals = (at: number) => ({
  ordinal: at + 1,
  warm_until: at % 2 ? warmed(0, at * DAY + 1) : 0,
})

describe('shelves', () => {
  test('a database with works in it goes forward to what triggers keep of the same rows', () => {
    for (let at = 0; at < WORKS; at++) {
      insert(triggered, 'works', { ...work(at), sales: 0, minted: 0, collected_atomic: '0', ordinal: at + 1 })
      if (at !== 3)
        insert(triggered, 'texts', { ...text(at), title: 'Another', tags: '["x"]', licence: 'None' })
    }
    const update = triggered.prepare(
      'UPDATE works SET sales = ?, minted = ?, collected_atomic = ?, warm_until = ? WHERE seq = ?',
    )
    const reword = triggered.prepare('UPDATE texts SET title = ?, tags = ?, licence = ? WHERE seq = ?')
    for (let at = 0; at < WORKS; at++) {
      const { sales, minted, collected_atomic, seq } = work(at)
      update.run(sales ?? 0, minted ?? 0, collected_atomic ?? '0', ordinals(at).warm_until, seq ?? 0)
      const { title, tags, licence } = text(at)
      reword.run(title ?? '', tags ?? '', licence ?? '', seq ?? 0)
    }
    const [made, held] = [kept(migrated), kept(triggered)]
    for (const name of Object.keys(made)) assert.deepEqual(held[name], made[name], name)
    assert.equal(made.places?.length, WORKS + 20 + 7 + 20)
    assert.deepEqual(made.wordless, [seqOf(3), seqOf(4)].map(String))
  })

  test('tables that are made anew keep every row, and name and order them as before', () => {
    const db = new DatabaseSync(':memory:')
    apply(db, [...EARLIER, ...SHELVES.slice(0, -1)])
    for (let at = 0; at < WORKS; at++) {
      const workId = String(1_000 + at)
      insert(db, 'works', { ...work(at), ordinal: at + 1 })
      insert(db, 'holdings', { holder: `0x${at % 3}`, work_id: workId, editions: at, opened_copies: 1 })
      insert(db, 'parents', { work_id: workId, parent_id: '1000', share_bps: at, confirmed: at % 2 })
      insert(db, 'admissions', {
        ...{ work_id: workId, operator: `0x${at % 4}`, admitted: 1, effective_at: at },
        accepted_at: at % 2 ? at : null,
      })
    }
    const rows = () =>
      ['works', 'holdings', 'parents', 'admissions'].map(table =>
        db
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map(row => JSON.stringify(Object.entries(row).sort()))
          .sort(),
      )
    const earlier = rows()
    apply(db, SHELVES.slice(-1))
    assert.deepEqual(rows(), earlier)
    assert.deepEqual(
      earlier.map(({ length }) => length),
      [WORKS, WORKS, WORKS, WORKS],
    )
    assert.throws(() =>
      insert(db, 'holdings', { holder: '0x0', work_id: '1000', editions: 1, opened_copies: 0 }),
    )
    assert.throws(() => insert(db, 'works', { ...work(0), work_id: '5', ordinal: WORKS + 1 }))
  })

  test('the migration after which the chain is read again empties them all, no table row by row, and the triggers come back', () => {
    const filled = () => {
      const db = new DatabaseSync(':memory:')
      apply(db, [...EARLIER, ...SHELVES.slice(0, -1)])
      return db
    }
    const fill = (db: DatabaseSync) => {
      for (let at = 0; at < WORKS; at++) {
        insert(db, 'works', { ...work(at), ordinal: at + 1 })
        insert(db, 'texts', text(at))
      }
    }
    const [emptied, fresh] = [filled(), filled()]
    fill(emptied)
    apply(emptied, READ_AGAIN.slice(0, -1))
    const waiting = emptied.prepare(
      `SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND sql LIKE '%DELETE ON%'`,
    )
    let tables = 0
    for (const statement of READ_AGAIN.slice(-1).flatMap(statementsOf)) {
      const table = /^\s*DELETE FROM `(\w+)`;\s*$/m.exec(statement)?.[1]
      if (table) assert.deepEqual(waiting.all(table), [], table)
      if (table) tables += 1
      emptied.exec(statement)
    }
    assert.ok(tables > 20)
    assert.deepEqual(Object.values(kept(emptied)).flat(), [])
    apply(fresh, READ_AGAIN)
    for (const db of [emptied, fresh]) fill(db)
    assert.deepEqual(kept(emptied), kept(fresh))
    for (const table of ['texts', 'works']) emptied.exec(`DELETE FROM ${table}`)
    assert.deepEqual(Object.values(kept(emptied)).flat(), [])
  })

  test('what a reorganisation brings back after the migration has the new columns, and the count of works', () => {
    const rows = migrated
      .prepare('SELECT block, table_name, before FROM journal ORDER BY block, table_name')
      .all()
    assert.deepEqual(
      rows.map(({ block, table_name, before: was }) => [block, table_name, was && JSON.parse(String(was))]),
      [
        [101, 'totals', { name: 'works', value: 1 }],
        [101, 'works', null],
        [102, 'works', { workId: '1001', ordinal: 2, warmUntilSeconds: DAY + 1 }],
      ],
    )
  })

  test('what goes leaves nothing behind, in whichever order work and text go', () => {
    for (let at = 0; at < WORKS; at++) {
      const [first, second] = at % 2 ? ['works', 'texts'] : ['texts', 'works']
      for (const table of [first, second]) triggered.exec(`DELETE FROM ${table} WHERE seq = ${seqOf(at)}`)
    }
    const left = Object.values(kept(triggered)).flat()
    assert.deepEqual(left, [])
  })
})
