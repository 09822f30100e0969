/** Two edges' databases held against each other, row for row, in every table that the chain and the blobs decide. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { hexOfBytes } from '@grimoire/schema/cid'
import { Problem } from '@grimoire/schema/problem'
import { texts } from '@grimoire/schema/tables'
import { getTableName } from 'drizzle-orm'
import { TABLES } from './indexer/image.ts'

/** Words come from blobs, which are named by the chain; every other table is folded from events. */
export const DERIVED: readonly string[] = [...Object.values(TABLES).map(({ table }) => table), texts].map(
  table => getTableName(table),
)
const EXAMPLES = 3

export type TableDifference = {
  table: string
  rows: number
  /** Rows that only the one, or only the other has. */
  missing: number
  extra: number
  examples: string[]
}
export type Comparison = { block: [number, number]; tables: TableDifference[] }

/** Miniflare keeps a database as one SQLite file, under a name that only it can make. */
function databaseFile(folder: string): string {
  const found = globSync('**/*.sqlite', { cwd: folder }).map(name => join(folder, name))
  const ours = found.find(path => {
    const db = new DatabaseSync(path, { readOnly: true })
    try {
      return db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'cursor'`).get() !== undefined
    } finally {
      db.close()
    }
  })
  if (ours) return ours
  throw new Problem('usage_invalid', {
    got: folder,
    expected: 'the folder of an edge, with its database in it',
  })
}

/** Both are read as they were at one moment, while either edge may go on. */
export function compareEdges(rebuilt: string, known: string): Comparison {
  const db = new DatabaseSync(databaseFile(rebuilt), { readOnly: true })
  try {
    db.prepare('ATTACH ? AS known').run(databaseFile(known))
    db.exec('BEGIN')
    const block = (['main', 'known'] as const).map(name => blockOf(db, name))
    const tables = DERIVED.map(table => compareTable(db, table))
    return { block: [block[0] ?? -1, block[1] ?? -1], tables }
  } finally {
    db.close()
  }
}

/** Bytes as hex. */
const readable = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? hexOfBytes(value) : value

const blockOf = (db: DatabaseSync, name: string) =>
  Number(db.prepare(`SELECT number FROM ${name}.cursor`).get()?.number ?? -1)

function compareTable(db: DatabaseSync, table: string): TableDifference {
  const count = (query: string) => Number(db.prepare(`SELECT count(*) AS n FROM (${query})`).get()?.n)
  const only = (a: string, b: string) => `SELECT * FROM ${a}."${table}" EXCEPT SELECT * FROM ${b}."${table}"`
  const [missing, extra] = [only('known', 'main'), only('main', 'known')]
  const examples = [missing, extra].flatMap((query, at) =>
    db
      .prepare(`${query} LIMIT ${EXAMPLES}`)
      .all()
      .map(row => `${at === 0 ? 'missing' : 'extra'} ${JSON.stringify(row, readable)}`),
  )
  return {
    table,
    rows: count(`SELECT 1 FROM main."${table}"`),
    missing: count(missing),
    extra: count(extra),
    examples,
  }
}

export const differingRows = ({ tables }: Comparison): number =>
  tables.reduce((sum, { missing, extra }) => sum + missing + extra, 0)
