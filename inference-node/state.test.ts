/** The node's database through releases: no step loses a row, none is half done, and a newer file is left alone. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { JournalReader } from './journal-reader.ts'
import { lockDirectory, openState } from './state.ts'
import { SqliteChannels } from './till/channels.ts'
import { someChannel } from './till/trial/rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-state-'))
after(() => rmSync(folder, { recursive: true }))

const STEP_1 = `
  CREATE TABLE channel (id TEXT PRIMARY KEY, charged TEXT NOT NULL, claimed TEXT NOT NULL, json TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
  CREATE TABLE splitter (address TEXT PRIMARY KEY, work_id TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE grant_given (id TEXT PRIMARY KEY, holder TEXT NOT NULL, work_id TEXT NOT NULL,
    version INTEGER NOT NULL, expires_at_seconds INTEGER NOT NULL, auth_sig TEXT NOT NULL) STRICT, WITHOUT ROWID;`

/** As the first release left it: a hundred channels, some of them owing, with their splitter and a grant. */
function firstRelease(name: string, changes = ''): string {
  const directory = join(folder, name)
  openState(directory).close()
  rmSync(join(directory, 'node.sqlite'))
  const old = new DatabaseSync(join(directory, 'node.sqlite'))
  old.exec(`PRAGMA journal_mode = WAL; ${STEP_1} PRAGMA user_version = 1; ${changes}`)
  old.exec('BEGIN')
  const put = old.prepare('INSERT INTO channel VALUES (?, ?, ?, ?)')
  for (let number = 1; number <= 100; number++) {
    const charged = BigInt(number) * 10n ** BigInt(number % 30)
    const channel = someChannel(number, { charged, balance: charged * 2n })
    put.run(channel.channelId, String(charged), '0', JSON.stringify(channel))
  }
  old.exec(`INSERT INTO splitter VALUES ('0xaa', '7');
    INSERT INTO grant_given VALUES ('g', '0xbb', '7', 1, 9, 'signature'); COMMIT`)
  old.close()
  return directory
}

const rowsOf = (state: DatabaseSync) => ({
  channels: state.prepare('SELECT * FROM channel ORDER BY id').all(),
  splitters: state.prepare('SELECT * FROM splitter').all(),
  grants: state.prepare('SELECT * FROM grant_given').all(),
})

const asItLies = (directory: string) => {
  const state = new DatabaseSync(join(directory, 'node.sqlite'))
  const step = Number(state.prepare('PRAGMA user_version').get()?.user_version)
  const tables = state.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
  const rows = rowsOf(state)
  state.close()
  return { step, tables: tables.map(({ name }) => name), rows }
}

test('a database of the first release comes to the newest step with every row, once and for all', async () => {
  const directory = firstRelease('first')
  const before = asItLies(directory).rows
  const state = openState(directory)
  assert.deepEqual(rowsOf(state), before)
  assert.equal((await new SqliteChannels(state).list()).length, 100)
  state.close()
  const step = asItLies(directory).step
  openState(directory).close()
  assert.deepEqual([asItLies(directory).step, asItLies(directory).rows], [step, before])
})

test('a step that breaks off leaves the step before it, whole, and can be taken again', () => {
  const directory = firstRelease('torn', 'CREATE TABLE claimed (in_the_way TEXT);')
  const before = asItLies(directory)
  assert.throws(() => openState(directory), /claimed already exists/)
  assert.deepEqual(asItLies(directory), before)
  const state = new DatabaseSync(join(directory, 'node.sqlite'))
  state.exec('DROP TABLE claimed')
  state.close()
  openState(directory).close()
  assert.deepEqual(asItLies(directory).rows, before.rows)
})

test('a database of a newer release is refused, by the node and by whoever only reads, and left as it is', () => {
  const directory = firstRelease('newer', 'PRAGMA user_version = 999;')
  const before = asItLies(directory)
  for (const open of [openState, JournalReader.open]) {
    assert.throws(
      () => open(directory),
      error => isProblem(error) && /step 999.*newer release/.test(JSON.stringify(error.details)),
    )
  }
  assert.deepEqual(asItLies(directory), before)
})

test('whoever only reads does not bring an older database up to date, and says what would', () => {
  const directory = firstRelease('older')
  assert.throws(
    () => JournalReader.open(directory),
    error => isProblem(error) && /start this release/.test(JSON.stringify(error.details)),
  )
  assert.equal(asItLies(directory).step, 1)
})

test('a directory is one program’s at a time, and free again when that one is killed', async () => {
  const directory = join(folder, 'locked')
  const hold = `import { lockDirectory } from '${new URL('state.ts', import.meta.url)}'
    const unlock = lockDirectory(process.argv[1]); console.log('held'); setInterval(() => unlock === 0, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', hold, directory])
  await new Promise(resolve => holder.stdout.once('data', resolve))
  const taken = (error: unknown) => isProblem(error, 'directory_taken') && error.message.includes(directory)
  try {
    assert.throws(() => lockDirectory(directory), taken)
  } finally {
    holder.kill('SIGKILL')
    await new Promise(resolve => holder.once('exit', resolve))
  }
  const unlock = lockDirectory(directory)
  assert.throws(() => lockDirectory(directory), taken)
  unlock()
  lockDirectory(directory)()
})

test('nobody else on the machine can read it', () => {
  const directory = firstRelease('private')
  openState(directory).close()
  assert.equal(statSync(join(directory, 'node.sqlite')).mode & 0o077, 0)
})
