/** The node's one database: channels and grants outlive a crash, so every commit is on the disk before it is answered. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type State = DatabaseSync

export function openState(directory: string): State {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'node.sqlite')
  // Vouchers and grants are nobody else's to read, whatever the directory allows; SQLite's other files follow this one.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const state = new DatabaseSync(path)
  state.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS channel (
      id TEXT PRIMARY KEY,
      charged TEXT NOT NULL,
      claimed TEXT NOT NULL,
      json TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS splitter (
      address TEXT PRIMARY KEY,
      work_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS grant_given (
      id TEXT PRIMARY KEY,
      holder TEXT NOT NULL,
      work_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      expires_at_seconds INTEGER NOT NULL,
      auth_sig TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;`)
  return state
}
