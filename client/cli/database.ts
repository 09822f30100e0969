/** The gateway's one file: secrets that only the passphrase opens, and turns, which anyone with the file may read. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from '@grimoire/schema/problem'

/** Each step once, in order; a step that stands in a release is never changed, only followed. */
const STEPS = [
  `CREATE TABLE secret (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE turn (
     id TEXT PRIMARY KEY,
     day TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     state TEXT NOT NULL,
     work_id TEXT NOT NULL,
     version INTEGER NOT NULL,
     operator TEXT NOT NULL,
     channel_id TEXT NOT NULL,
     before_atomic INTEGER NOT NULL,
     max_atomic INTEGER NOT NULL,
     charged_atomic INTEGER NOT NULL DEFAULT 0,
     input_bytes INTEGER NOT NULL DEFAULT 0,
     output_bytes INTEGER NOT NULL DEFAULT 0,
     failure TEXT,
     receipt TEXT,
     signature TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX turn_by_day ON turn (day);
   CREATE INDEX turn_open ON turn (channel_id) WHERE state IN ('reserved', 'atRisk');
   CREATE TABLE distrusted (
     operator TEXT PRIMARY KEY,
     code TEXT NOT NULL,
     at_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
]

export type Database = DatabaseSync

/** One transaction; nobody else writes between its reads and its writes. */
export function atomically<T>(database: Database, job: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const value = job()
    database.exec('COMMIT')
    return value
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

export function openDatabase(folder: string): Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'gateway.sqlite')
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const database = new DatabaseSync(path)
  try {
    // A voucher that left this machine must not be forgotten in a power cut: each commit waits for the disk.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;')
    atomically(database, () => migrate(database, path))
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function migrate(database: Database, path: string): void {
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (found > STEPS.length) {
    throw new Problem('config_invalid', {
      param: 'store',
      got: `${path} of step ${found}`,
      expected: `at most step ${STEPS.length}: run the newer release, or name another folder with --store`,
    })
  }
  for (const step of STEPS.slice(found)) database.exec(step)
  database.exec(`PRAGMA user_version = ${STEPS.length}`)
}

/** Held while a gateway runs, and let go by the system however it ends: two would pay out of one channel. */
export function lockStore(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(folder, 'lock.sqlite'))
  try {
    lock.exec(
      'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (at INTEGER);',
    )
  } catch (cause) {
    lock.close()
    throw new Problem('store_locked', { got: folder, cause })
  }
  return () => lock.close()
}
