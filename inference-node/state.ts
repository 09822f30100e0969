/** The node's one database: vouchers, grants and the journal, which outlive a crash. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from '@grimoire/schema/problem'
import { flushOf } from './flush.ts'

export type State = DatabaseSync

export function openState(directory: string): State {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, 'node.sqlite')
  // Vouchers and grants are nobody else's to read, whatever the directory allows; SQLite's other files follow this one.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const state = new DatabaseSync(path)
  try {
    state.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    migrate(state)
    flushOf(state).start()
    return state
  } catch (error) {
    state.close() // What a step had begun goes with it.
    throw error
  }
}

/** Held while a node or a claim works from here, and let go by the system however it ends: two would take the same nonce. */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(directory, 'lock.sqlite'))
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new Problem('directory_taken', { got: directory, cause })
  }
  return () => lock.close()
}

/** Each step once, in order, whole or not at all; a step that stands in a release is never changed, only followed. */
const STEPS = [
  `CREATE TABLE IF NOT EXISTS channel (
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
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE turn (
     id TEXT PRIMARY KEY,
     channel_id TEXT NOT NULL,
     sequence INTEGER NOT NULL,
     receipt_hash TEXT NOT NULL,
     signed_receipt TEXT NOT NULL,
     first_token_ms INTEGER NOT NULL,
     total_ms INTEGER NOT NULL,
     ended_at_seconds INTEGER NOT NULL,
     UNIQUE (channel_id, sequence)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX turn_by_time ON turn (ended_at_seconds);
   CREATE TABLE refusal (
     day TEXT NOT NULL,
     work_id TEXT NOT NULL,
     code TEXT NOT NULL,
     count INTEGER NOT NULL,
     PRIMARY KEY (day, work_id, code)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE claimed (
     id INTEGER PRIMARY KEY,
     at_seconds INTEGER NOT NULL,
     kind TEXT NOT NULL,
     tx_hash TEXT NOT NULL,
     vouchers INTEGER NOT NULL,
     amount_atomic TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE draft_use (
     day TEXT NOT NULL,
     wallet TEXT NOT NULL,
     turns INTEGER NOT NULL,
     PRIMARY KEY (day, wallet)
   ) STRICT, WITHOUT ROWID;`,
  // Whatever a program does, this file forgets no charge, lowers none, and holds none above what its payer signed.
  // Sums are decimals of any length: a longer one is larger.
  `CREATE TABLE channel_closed (
     id TEXT NOT NULL,
     closed_at_seconds INTEGER NOT NULL,
     charged TEXT NOT NULL,
     json TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER channel_never_lowered BEFORE UPDATE ON channel
     WHEN length(NEW.charged) < length(OLD.charged)
       OR (length(NEW.charged) = length(OLD.charged) AND NEW.charged < OLD.charged)
   BEGIN SELECT RAISE(ABORT, 'a charge is never lowered'); END;
   CREATE TRIGGER channel_never_renamed BEFORE UPDATE ON channel WHEN NEW.id <> OLD.id
   BEGIN SELECT RAISE(ABORT, 'a channel keeps its id'); END;
   CREATE TRIGGER channel_raised_as_signed BEFORE UPDATE ON channel
     WHEN NEW.charged <> OLD.charged
       AND (length(NEW.charged) > length(NEW.json ->> '$.signedMaxClaimable')
         OR (length(NEW.charged) = length(NEW.json ->> '$.signedMaxClaimable')
           AND NEW.charged > NEW.json ->> '$.signedMaxClaimable'))
   BEGIN SELECT RAISE(ABORT, 'a charge is never above what was signed'); END;
   CREATE TRIGGER channel_never_forgotten BEFORE DELETE ON channel WHEN OLD.charged <> '0'
   BEGIN INSERT INTO channel_closed VALUES (OLD.id, unixepoch(), OLD.charged, OLD.json); END;
   CREATE TRIGGER turn_never_changed BEFORE UPDATE ON turn
   BEGIN SELECT RAISE(ABORT, 'a receipt is never changed'); END;
   ALTER TABLE claimed ADD COLUMN state TEXT NOT NULL DEFAULT 'final';
   ALTER TABLE claimed ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';
   CREATE INDEX claimed_open ON claimed (state) WHERE state IN ('sent', 'mined');`,
  `CREATE TABLE deposit_unfinal (
     channel_id TEXT PRIMARY KEY,
     block TEXT NOT NULL,
     final_atomic TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE channel_vouched (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   INSERT INTO channel_vouched SELECT id FROM channel;
   CREATE TABLE grant_seen (
     text_sha256 TEXT PRIMARY KEY,
     expires_at_seconds INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
]

const stepOf = (state: State): number => Number(state.prepare('PRAGMA user_version').get()?.user_version)

const wrongStep = (step: number, expected: string) =>
  new Problem('config_invalid', { param: 'directory', got: `a database of step ${step}`, expected })

/** For whoever only reads, and so cannot bring an older database up to date. */
export function requireStep(state: State): void {
  const step = stepOf(state)
  if (step === STEPS.length) return
  const mend = step < STEPS.length ? 'start this release of the node once' : 'run the newer release'
  throw wrongStep(step, `step ${STEPS.length}: ${mend}`)
}

function migrate(state: State): void {
  const done = stepOf(state)
  if (done > STEPS.length) throw wrongStep(done, `at most step ${STEPS.length}: run the newer release`)
  for (let step = done; step < STEPS.length; step++) {
    state.exec(`BEGIN IMMEDIATE; ${STEPS[step]}; PRAGMA user_version = ${step + 1}; COMMIT;`)
  }
}
