/** The migrations of the edge's database, applied as `wrangler d1 migrations apply` does it. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const FOLDER = join(dirname(import.meta.dirname), 'schema', 'migrations')

type Statement = {
  bind: (...values: unknown[]) => Statement
  run: () => Promise<unknown>
  all: () => Promise<{ results: Record<string, unknown>[]; meta: Record<string, unknown> }>
}
export type Database = { prepare: (sql: string) => Statement; batch: (all: Statement[]) => Promise<unknown> }

export const migrationNames = (): string[] =>
  readdirSync(FOLDER)
    .filter(name => name.endsWith('.sql'))
    .sort()

const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

export const statementsOf = (name: string): string[] => textOf(name).split('--> statement-breakpoint')

/** In the same table as wrangler's own, so that either can go on where the other stopped; up to the one that is named. */
export async function migrate(db: Database, last?: string): Promise<void> {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
         applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all()
  const applied = new Set(results.map(row => row.name))
  const names = migrationNames().filter(name => !applied.has(name) && (last === undefined || name <= last))
  const noted = db.prepare('INSERT INTO d1_migrations (name) VALUES (?)')
  // A file in one piece: of hundreds of statements each would be a question to workerd of its own, for which all waits.
  for (const name of names) await db.batch([db.prepare(textOf(name)), noted.bind(name)])
}
