/** What is shipped: it is small, wrangler takes it as it is, each deployment is whole, and a database with data goes forward. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { hexText } from '@grimoire/schema/columns'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { bundleWorker } from './bundle.ts'
import { CONFIG, deploymentFaults } from './deployments.ts'
import { type Database, migrate, migrationNames, statementsOf } from './migrations.ts'

const MAX_GZIPPED_BYTES = 250_000
const folder = mkdtempSync(join(tmpdir(), 'grimoire-deploy-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('the Worker is at most 250 kB, gzipped, and holds no text of a language that it does not speak', async () => {
  const { code, inputs } = await bundleWorker({ minify: true })
  const size = gzipSync(code).length
  assert.ok(size <= MAX_GZIPPED_BYTES, `${size} bytes`)
  const zod = inputs.filter(input => /zod\/v4\/locales\//.test(input)).map(input => input.split('/').at(-1))
  assert.deepEqual(zod, ['en.js'])
})

test('the start of an isolate evaluates no route, no schema and no library that only routes need', async () => {
  const { atStart, inputs } = await bundleWorker()
  const ofRoutes = /worker\/(routes|store)\/|\/(zod|viem|drizzle-orm|ox)\/|schema\/(catalogue|tables)\.ts$/
  assert.ok(atStart.some(input => input.endsWith('worker/door.ts')))
  assert.deepEqual(
    atStart.filter(input => ofRoutes.test(input)),
    [],
  )
  assert.ok(
    inputs.filter(input => ofRoutes.test(input)).length > 300,
    'they are in the bundle, for whoever asks',
  )
})

test('each deployment binds and sets what the development one does, and is told its limits truly', () => {
  assert.deepEqual(deploymentFaults(), [])
  const text = readFileSync(CONFIG, 'utf8')
  const limits = [...text.matchAll(/name = "WRITES"\nnamespace_id = "(\d+)"\nsimple = \{ limit = (\d+)/g)]
  const told = [...text.matchAll(/WRITES_PER_MINUTE = "(\d+)"/g)].map(([, limit]) => limit)
  assert.deepEqual(
    limits.map(([, , limit]) => limit),
    told,
  )
  assert.equal(
    new Set(limits.map(([, space]) => space)).size,
    limits.length,
    'two deployments share one budget',
  )
})

test('wrangler takes it for production, without an account or a network, and ships the module that is tested here', async () => {
  const child = spawn('wrangler', ['deploy', '--dry-run', '--env', 'production', '--outdir', folder], {
    cwd: dirname(CONFIG),
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_API_TOKEN: '', CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, said)
  for (const binding of ['env.DB (grimoire-production)', 'env.BLOBS', 'env.WRITES', 'env.ASSETS']) {
    assert.ok(said.includes(binding), `${binding} is not in\n${said}`)
  }
  const shipped = readFileSync(join(folder, 'edge.js'), 'utf8')
  assert.equal(shipped, (await bundleWorker({ minify: true })).code)
})

type Column = { name: string; type: string; notnull: number; dflt_value: unknown; pk: number }

const rowsOf = async (db: Database, sql: string) => (await db.prepare(sql).all()).results

/** Tables of ours: without those of the full-text indexes, of D1 and of SQLite itself. */
const tablesOf = async (db: Database): Promise<string[]> =>
  (
    await rowsOf(
      db,
      `SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
       AND name NOT LIKE 'search%' AND name NOT LIKE 'shelves%' AND name NOT LIKE 'scratch%'
       AND name NOT LIKE 'word_pieces%' AND name NOT LIKE 'd1_%' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'`,
    )
  ).map(row => String(row.name))

/** Another in each column, so that none is taken for its neighbour. */
const accountIn = (table: string, column: string): string =>
  `0x${createHash('sha256').update(`${table} ${column}`).digest('hex').slice(0, 40)}`
const HASH = 'cd'.repeat(32)
const PART = 'ef'.repeat(32)
const TEXTS: Record<string, string> = {
  ...{ tags: '[]', content_hash: HASH, base_model_sha256: HASH, sha256: PART, work_id: '7', parent_id: '7' },
}

/** A row of plain values in a table, as it stands at that migration: all of them of work 7, the first. */
async function fill(db: Database, table: string): Promise<void> {
  const columns = (await rowsOf(db, `PRAGMA table_info("${table}")`)) as unknown as Column[] // Safety: what SQLite answers.
  const needed = columns.filter(
    ({ name, notnull, dflt_value, pk }) => pk > 0 || name === 'recipient' || (notnull && dflt_value === null),
  )
  const values = needed.map(({ type, name }) =>
    /int/i.test(type) ? 1 : (TEXTS[name] ?? accountIn(table, name)),
  )
  const names = needed.map(({ name }) => `"${name}"`)
  await db
    .prepare(`INSERT INTO "${table}" (${names}) VALUES (${values.map(() => '?')})`)
    .bind(...values)
    .run()
}

/** Rows of each: what was put there, and what triggers have added to it since. */
async function countsOf(db: Database, tables: ReadonlySet<string>): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const table of tables) {
    const [row] = await rowsOf(db, `SELECT count(*) AS kept FROM "${table}"`)
    counts.set(table, Number(row?.kept))
  }
  return counts
}

/** Tables that a migration says it does away with or empties: those that are read again from the chain. */
const droppedBy = (name: string): Set<string> =>
  new Set(
    statementsOf(name).flatMap(
      statement => /^\s*(?:DROP TABLE (?:IF EXISTS )?|DELETE FROM )[`"]?(\w+)/im.exec(statement)?.[1] ?? [],
    ),
  )

/** Tables that go on under another name. */
const renamedBy = (name: string, tables: readonly string[]): [string, string][] =>
  statementsOf(name)
    .map(statement => /ALTER TABLE `(\w+)` RENAME TO `(\w+)`/.exec(statement))
    .flatMap(found => (found?.[1] && found[2] && tables.includes(found[2]) ? [[found[1], found[2]]] : []))

/** What the Worker before the migrations to bytes asks before it drops blobs: it may run between any two of them. */
const SWEEP_BEFORE = `SELECT value AS name FROM json_each(?1)
  WHERE NOT EXISTS (SELECT 1 FROM versions WHERE content_hash = value)
  AND NOT EXISTS (SELECT 1 FROM manifest_parts WHERE sha256 = value)
  AND NOT EXISTS (SELECT 1 FROM blob_touches WHERE sha256 = value AND at > ?2)`

/** It finds nothing to drop, also where it finds nothing at all. */
async function assertUnswept(db: Database, name: string): Promise<void> {
  const swept = await db
    .prepare(SWEEP_BEFORE)
    .bind(JSON.stringify([HASH, PART]), 2 ** 40)
    .all()
    .then(
      ({ results }) => results,
      (error: unknown) => assert.match(String(error), /no such table: manifest_parts/) ?? [],
    )
  assert.deepEqual(swept, [], `between ${name} and the next a Worker drops what works name`)
}

/** What people posted stands on no chain: since the fifth migration, which made these anew, none may touch them. */
const POSTED = ['listings', 'offers', 'openings']

const shapeOf = (db: Database) =>
  rowsOf(
    db,
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'd1_%' ORDER BY type, name",
  )

/** What migrations wrote in other forms is what it was. */
async function assertKept(db: Database): Promise<void> {
  const itsWork = (column: string) => `(SELECT work_id FROM works WHERE ordinal = ${column})`
  const kept = [
    ['holdings', ['holder'], { work: '7' }],
    ['admissions', ['operator'], { work: '7' }],
    ['fees', [], { work: '7' }],
    ['parents', [], { work: '7', parent: '7' }],
    ['trades', ['seller', 'recipient', 'tx'], { work: '7' }],
    ['acts', ['actor', 'recipient', 'tx'], { work: '7' }],
    ['collections', ['operator', 'tx'], { work: '7' }],
    ['earnings', ['account', 'tx'], { work: '7' }],
    ['earning_sums', ['account'], {}],
    ['works', ['creator'], { content_hash: HASH }],
    ['texts', [], { content_hash: HASH, base_model_sha256: HASH }],
    ['versions', [], { content_hash: HASH, work: '7' }],
  ] as const
  // What was put there, and what triggers made of the work.
  const creators = await rowsOf(db, `SELECT ${hexText('creator')} AS creator FROM creators`)
  assert.deepEqual(
    new Set(creators.map(({ creator }) => creator)),
    new Set(['creators', 'works'].map(table => accountIn(table, 'creator'))),
  )
  const read = (column: string) => (/_/.test(column) ? `lower(hex(${column}))` : itsWork(column))
  for (const [table, accounts, more] of kept) {
    const columns = [...accounts.map(hexText), ...Object.keys(more).map(read)]
    const values = [...accounts.map(column => accountIn(table, column)), ...Object.values(more)]
    const [row] = await rowsOf(db, `SELECT json_array(${columns.join(', ')}) AS told FROM ${table}`)
    assert.equal(row?.told, JSON.stringify(values), table)
  }
}

/** The manifest of a version and a part that it names: neither may be swept. */
async function assertNamed(db: Database): Promise<void> {
  const named = await rowsOf(db, 'SELECT lower(hex(sha256)) AS name FROM named_blobs ORDER BY 1')
  assert.deepEqual(
    named.map(({ name }) => name),
    [HASH, PART],
  )
}

test('a database with rows in every table goes forward, one migration after the other, and loses none', async () => {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: 'export default {}',
      d1Databases: ['OLD', 'NEW'],
      cf: false as const,
      telemetry: { enabled: false },
      log: new Log(LogLevel.ERROR),
    }),
  )
  try {
    const old = (await miniflare.getD1Database('OLD')) as unknown as Database // Safety: D1 has at least this.
    const fresh = (await miniflare.getD1Database('NEW')) as unknown as Database // Safety: as above.
    const filled = new Set<string>()
    for (const name of migrationNames()) {
      const before = await countsOf(old, filled)
      await migrate(old, name)
      if (name.endsWith('_named_blobs.sql')) await assertNamed(old)
      const tables = await tablesOf(old)
      for (const [from, to] of renamedBy(name, tables)) {
        filled.delete(from)
        filled.add(to)
        before.set(to, before.get(from) ?? 0)
      }
      for (const table of droppedBy(name)) {
        filled.delete(table)
        assert.ok(
          name <= '0004' || !POSTED.includes(table),
          `${name} empties ${table}, which no chain gives back`,
        )
      }
      for (const [table, kept] of await countsOf(old, filled))
        assert.equal(kept, before.get(table), `${name} lost what was in ${table}`)
      for (const table of tables.filter(one => !filled.has(one))) {
        await old.prepare(`DELETE FROM "${table}"`).run()
        await fill(old, table)
        filled.add(table)
      }
      if (name >= '0023') await assertUnswept(old, name)
    }
    assert.ok(filled.size >= 10)
    await migrate(fresh)
    assert.deepEqual(await shapeOf(old), await shapeOf(fresh))
    await assertKept(old)
    assert.deepEqual(await rowsOf(old, 'PRAGMA quick_check'), [{ quick_check: 'ok' }])
  } finally {
    await miniflare.dispose()
  }
})

test('every binding, variable and secret of the edge is explained to whoever deploys it', () => {
  const env = readFileSync(join(dirname(CONFIG), 'worker', 'env.ts'), 'utf8')
  const type = /export type Env = \{\n([\s\S]*?)\n\}/.exec(env)?.[1] ?? ''
  const names = [...type.matchAll(/^ {2}([A-Z_]+)\??:/gm)].map(([, name]) => name ?? '')
  const page = readFileSync(join(dirname(CONFIG), 'docs', 'deploy.md'), 'utf8')
  assert.ok(names.length >= 10)
  const silent = names.filter(name => !page.includes(`| \`${name}\` |`))
  assert.deepEqual(silent, [], 'add a row to docs/deploy.md')
})
