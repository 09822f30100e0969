/** Fills the very file that workerd opens with a market of so many works, and says what to ask of it. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hexText } from '@grimoire/schema/columns'
import { LEDGER_NOWHERE } from '@grimoire/worker/local'
import { migrationNames, statementsOf } from '@grimoire/worker/migrations'
import { piecesOf } from '@grimoire/worker/store/typos'
import { generateMarket } from './generate.ts'
import { requestsOf } from './requests.ts'

/** The database file of the edge: of several, the one with works in it. */
export function databaseIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
  const found = files.filter(name => name.endsWith('.sqlite')).find(hasWorks)
  if (!found) throw new Error(`no database of an edge in ${folder}`)
  return found
}

function hasWorks(file: string): boolean {
  const db = new DatabaseSync(file)
  try {
    return db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'works'`).get() !== undefined
  } finally {
    db.close()
  }
}

/** A migration may empty what is read again from the chain: here stands no chain, and what was empty stays so. */
const EMPTIES =
  /^\s*(?:--.*\n\s*)*(?:DELETE FROM|INSERT INTO `(?:search|shelves)` \(`\w+`\) VALUES \('delete-all'\))/

/** What each first sale brought its creator, as the indexer keeps it: a row for it, and sums by day, work and kind. */
function fillEarnings(db: DatabaseSync): void {
  db.exec(`INSERT INTO earnings (account, role, at, seq, kind, work, amount_atomic, tx)
    SELECT seller, 'creator', at, seq, 'sale', work, cost_atomic, tx FROM trades
    WHERE kind = 'mint' AND cost_atomic <> '0' ORDER BY 1, 2, 3, 4`)
  const names = { day: `strftime('%Y-%m-%d', at, 'unixepoch')`, work: 'work_id', kind: 'e.kind' }
  for (const [groupedBy, name] of Object.entries(names))
    db.exec(`INSERT INTO earning_sums (account, role, grouped_by, name, amount_atomic, payments)
      SELECT account, role, '${groupedBy}', ${name}, CAST(sum(amount_atomic) AS TEXT), count(*)
      FROM earnings e JOIN works w ON w.ordinal = e.work GROUP BY 1, 2, 4`)
}

/** The indexer folds these beside trades and holdings: here gifts of every seventh purchase, later versions, fees, and holders' sums. */
function fillDeeds(db: DatabaseSync): void {
  db.exec(`INSERT INTO acts (seq, work, kind, actor, recipient, quantity, version, at, tx)
    SELECT seq + 400000, work, 'given', recipient, seller, 1, NULL, at + 60, tx FROM trades WHERE seq % 7 = 0;
  INSERT INTO acts (seq, work, kind, actor, recipient, quantity, version, at, tx)
    SELECT seq + 800000, ordinal, 'published', creator, NULL, NULL, 2, created_at + 60, randomblob(32)
    FROM works WHERE latest_version = 2;
  INSERT INTO fees (work, fee_bps) SELECT ordinal, 500 FROM works;
  INSERT INTO holders (holder, works, editions, opened_copies, purchases, spent_atomic, resales, sold_atomic, first_seen_at)
    SELECT ${hexText('h.holder')}, h.works, h.editions, h.opened, coalesce(b.n, 0), CAST(coalesce(b.paid, 0) AS TEXT), coalesce(s.n, 0),
      CAST(coalesce(s.got, 0) AS TEXT), coalesce(b.first, 0)
    FROM (SELECT holder, count(*) AS works, sum(editions) AS editions, sum(opened_copies) AS opened FROM holdings GROUP BY holder) h
    LEFT JOIN (SELECT recipient, count(*) AS n, sum(CAST(cost_atomic AS INTEGER)) AS paid, min(at) AS first FROM trades
      GROUP BY recipient) b ON b.recipient = h.holder
    LEFT JOIN (SELECT seller, count(*) AS n, sum(CAST(cost_atomic AS INTEGER)) AS got FROM trades WHERE kind <> 'mint'
      GROUP BY seller) s ON s.seller = h.holder`)
}

/**
 * Indexes stand aside and are built at once when all rows are there; and so do triggers: the full-text index that they fed then is
 * made anew by a later migration, from the rows.
 */
function withRowsAlone<T>(db: DatabaseSync, generate: () => T): T {
  const aside = db
    .prepare(
      `SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL`,
    )
    .all()
  for (const { type, name } of aside) db.exec(`DROP ${type} "${name}"`)
  const made = generate()
  for (const { sql } of aside) db.exec(String(sql))
  return made
}

/** The market as it was before there were shelves, then the migrations that build them: the same way as a real one takes. */
export function fill(file: string, works: number): Record<string, string> {
  for (const rest of ['', '-wal', '-shm']) if (existsSync(file + rest)) rmSync(file + rest)
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000')
  db.exec(`CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
    applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`)
  const apply = (names: readonly string[]) => {
    for (const name of names) {
      for (const statement of statementsOf(name)) if (!EMPTIES.test(statement)) db.exec(statement)
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name)
    }
  }
  const first = migrationNames().findIndex(name => name.endsWith('_catalogue.sql'))
  apply(migrationNames().slice(0, first))
  const market = withRowsAlone(db, () => generateMarket(db, works, Math.floor(Date.now() / 1000)))
  apply(migrationNames().slice(first))
  const pieces = db.prepare('INSERT INTO word_pieces (rowid, pieces) VALUES (?, ?)')
  db.exec('BEGIN')
  for (const { id, word } of db.prepare('SELECT id, word FROM words ORDER BY id').all())
    pieces.run(Number(id), piecesOf(String(word)).join(' '))
  db.exec('UPDATE words SET pieced = 1')
  db.exec('COMMIT')
  fillDeeds(db)
  fillEarnings(db)
  const ledger = `${LEDGER_NOWHERE.chainId}:${LEDGER_NOWHERE.works}:${LEDGER_NOWHERE.deployedAtBlock}`
  db.prepare(
    `INSERT INTO cursor (id, ledger, number, hash, at, halted, unbroken) VALUES (1, ?, 1, '', 0, 0, 1)`,
  ).run(ledger)
  const asked = requestsOf(db, market)
  db.close()
  return asked
}
