/** Between the image and the database: loads the rows a fold needs, writes what it changed, undoes what a reorg took. */
import { workIdOf } from '@grimoire/schema/columns'
import { texts } from '@grimoire/schema/tables'
import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getTableConfig, type SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { tellReverted, tellSales } from '../store/webhook-events.ts'
import { carried, keptFrom, namesWork } from './carried.ts'
import { seqAfter } from './facts.ts'
import { type AnyRow, type Image, type JournalEntry, type RowName, TABLES, type TableName } from './image.ts'
import { moveStatement, type Place } from './place.ts'

/** Rows travel as one JSON parameter: D1 binds at most 100 values, and 2 MB in one. */
const ROWS_PER_STATEMENT = 400
const NAMES_PER_STATEMENT = 2_000

const columnsOf = (name: TableName): SQLiteColumn[] => getTableConfig(TABLES[name].table).columns
const keyColumns = (name: TableName): SQLiteColumn[] => {
  const wanted: readonly string[] = TABLES[name].key
  return wanted
    .map(property => (TABLES[name].table as unknown as Record<string, SQLiteColumn>)[property])
    .filter(c => c !== undefined) // Safety: a drizzle table's properties are its columns.
}

/** A property's value as it travels to its column. */
const stored = (name: TableName, row: AnyRow): unknown[] => {
  const table = TABLES[name].table as unknown as Record<string, SQLiteColumn> // Safety: as above.
  const propertyOf = new Map(Object.entries(table).map(([property, column]) => [column, property]))
  return columnsOf(name).map(column => {
    return carried(column, row[propertyOf.get(column) ?? ''] ?? null)
  })
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

/** A row as the image has it: works by their ids. */
const selection = (name: TableName) =>
  Object.fromEntries(
    Object.entries<SQLiteColumn>(getTableColumns(TABLES[name].table)).map(([property, column]) => [
      property,
      namesWork(column) ? workIdOf(column) : column,
    ]),
  )

export async function loadRows(db: D1Database, image: Image, names: readonly RowName[]): Promise<void> {
  const byTable = Map.groupBy(names, name => name.table)
  for (const [name, wanted] of byTable) {
    const keys = [...new Set(wanted.map(({ key }) => key))]
    for (const some of chunks(keys, NAMES_PER_STATEMENT)) {
      const table = TABLES[name].table
      const condition = inKeys(name, some)
      image.load(name, await drizzle(db).select(selection(name)).from(table).where(condition))
    }
  }
}

const keyValues = (name: TableName, keys: readonly string[]) =>
  JSON.stringify(
    keys.map(key => {
      const parts = key.split(' ')
      return keyColumns(name).map((column, at) =>
        column.dataType === 'number' ? Number(parts[at]) : carried(column, parts[at] ?? ''),
      )
    }),
  )

const field = (at: number) => `json_extract(value, '$[${at}]')`
const fields = (count: number) => Array.from({ length: count }, (_, at) => field(at)).join(', ')
const kept = (columns: readonly SQLiteColumn[]) =>
  columns.map((column, at) => keptFrom(column, field(at))).join(', ')

function inKeys(name: TableName, keys: readonly string[]): SQL {
  const columns = keyColumns(name)
  const list = sql.raw(columns.map(column => `"${column.name}"`).join(', '))
  return sql`(${list}) IN (SELECT ${sql.raw(kept(columns))} FROM json_each(${keyValues(name, keys)}))`
}

function upsert(db: D1Database, name: TableName, rows: readonly unknown[][]): D1PreparedStatement {
  const columns = columnsOf(name).map(column => `"${column.name}"`)
  const keys = keyColumns(name).map(column => `"${column.name}"`)
  const rest = columns.filter(column => !keys.includes(column))
  const update = rest.map(column => `${column} = excluded.${column}`).join(', ')
  return db
    .prepare(
      `INSERT INTO "${getTableName(TABLES[name].table)}" (${columns.join(', ')})
       SELECT ${kept(columnsOf(name))} FROM json_each(?) WHERE true
       ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${update}`,
    )
    .bind(JSON.stringify(rows))
}

function remove(db: D1Database, name: TableName, keys: readonly string[]): D1PreparedStatement {
  const columns = keyColumns(name).map(column => `"${column.name}"`)
  return db
    .prepare(
      `DELETE FROM "${getTableName(TABLES[name].table)}" WHERE (${columns.join(', ')})
       IN (SELECT ${kept(keyColumns(name))} FROM json_each(?))`,
    )
    .bind(keyValues(name, keys))
}

type Change = { table: TableName; rows: readonly AnyRow[]; gone: readonly string[] }

/** Other rows name a work by what stands in `works`: it is there before they come, and until they are gone. */
function* write(db: D1Database, changes: readonly Change[]) {
  const worksFirst = [...changes].sort((a, b) => Number(b.table === 'works') - Number(a.table === 'works'))
  for (const { table, gone } of worksFirst.toReversed())
    for (const some of chunks(gone, NAMES_PER_STATEMENT)) yield remove(db, table, some)
  for (const { table, rows } of worksFirst)
    for (const some of chunks(rows, ROWS_PER_STATEMENT))
      yield upsert(
        db,
        table,
        some.map(row => stored(table, row)),
      )
}

function* writeJournal(db: D1Database, entries: readonly JournalEntry[]) {
  for (const some of chunks(entries, ROWS_PER_STATEMENT)) {
    const rows = some.map(({ block, table, key, before }) => [
      block,
      table,
      key,
      before && JSON.stringify(before),
    ])
    yield db
      .prepare(
        `INSERT INTO journal (block, table_name, key, before) SELECT ${fields(4)} FROM json_each(?) WHERE true`,
      )
      .bind(JSON.stringify(rows))
  }
}

export type Block = { number: number; hash: string; atSeconds: number }
export type Step = { from: Place; to: Block; head: number; term: number }

/**
 * Writes a fold and moves the cursor in one batch. `kept` are the blocks to which a reorg may be walked back; without
 * any, the step lies below finality, and the stretch's last block becomes the only one.
 */
export async function commit(
  db: D1Database,
  image: Image,
  { from, to, head, term }: Step,
  kept: readonly Block[],
  finalityBlocks: number,
): Promise<void> {
  const statements = [moveStatement(db, term, from, { ...to, head })]
  statements.push(...write(db, image.changes()))
  statements.push(tellSales(db, seqAfter(from.number), seqAfter(to.number)))
  statements.push(...writeJournal(db, image.journal), wordsDueOf(db, image.changed.values()))
  const horizon = kept.length > 0 ? to.number - finalityBlocks : to.number
  statements.push(db.prepare('DELETE FROM blocks WHERE number < ?').bind(horizon))
  statements.push(db.prepare('DELETE FROM journal WHERE block <= ?').bind(horizon))
  const marks = (kept.length > 0 ? kept : [to]).map(({ number, hash }) => [number, hash])
  statements.push(
    db
      .prepare(`INSERT OR REPLACE INTO blocks (number, hash) SELECT ${fields(2)} FROM json_each(?)`)
      .bind(JSON.stringify(marks)),
  )
  await db.batch(statements)
}

/** Puts every row back to what it was after `ancestor`, and the cursor with it. The words of vanished works go too. */
export async function undo(db: D1Database, step: Step): Promise<void> {
  const ancestor = step.to.number
  const { results } = await db
    .prepare('SELECT table_name AS "table", key, before FROM journal WHERE block > ? ORDER BY block')
    .bind(ancestor)
    .all<RowName & { before: string | null }>()
  const first = new Map<string, RowName & { before: string | null }>()
  for (const entry of results) {
    const id = `${entry.table} ${entry.key}`
    if (!first.has(id)) first.set(id, entry)
  }
  const statements = [moveStatement(db, step.term, step.from, { ...step.to, head: step.head })]
  const changes = Array.from(
    Map.groupBy(first.values(), entry => entry.table),
    ([table, entries]) => ({
      table,
      gone: entries.filter(entry => entry.before === null).map(entry => entry.key),
      rows: entries.flatMap(entry => (entry.before === null ? [] : [JSON.parse(entry.before) as AnyRow])), // Safety: written by `writeJournal`.
    }),
  )
  statements.push(...write(db, changes))
  statements.push(db.prepare('DELETE FROM blocks WHERE number > ?').bind(ancestor))
  statements.push(db.prepare('DELETE FROM journal WHERE block > ?').bind(ancestor))
  statements.push(...dropTexts(db, ancestor, first.values()))
  statements.push(...tellReverted(db, seqAfter(ancestor)))
  await db.batch(statements)
}

const versionedWorks = (names: Iterable<RowName>) => [
  ...new Set([...names].filter(({ table }) => table === 'versions').map(({ key }) => key.split(' ')[0])),
]

const wordsDueOf = (db: D1Database, names: Iterable<RowName>) =>
  db
    .prepare('INSERT OR IGNORE INTO words_due (work_id) SELECT value FROM json_each(?)')
    .bind(JSON.stringify(versionedWorks(names)))

/** A text stands for one work and one version of it; when either is undone it is read from its blob again. */
function* dropTexts(db: D1Database, ancestor: number, undone: Iterable<RowName>) {
  const name = getTableName(texts)
  yield db.prepare(`DELETE FROM ${name} WHERE seq >= ?`).bind(seqAfter(ancestor))
  const names = [...undone]
  yield db
    .prepare(
      `DELETE FROM ${name} WHERE seq IN (SELECT seq FROM works WHERE work_id IN (SELECT value FROM json_each(?)))`,
    )
    .bind(JSON.stringify(versionedWorks(names)))
  yield wordsDueOf(db, names)
}
