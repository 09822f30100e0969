/** The edge on this machine: the real Worker in workerd with a database and a bucket on disk, without account or network. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Problem } from '@grimoire/schema/problem'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { bundleWorker } from './bundle.ts'

const ROOT = dirname(import.meta.dirname)
const MIGRATIONS = join(ROOT, 'schema', 'migrations')
const NAME = 'edge'
const INDEX_EVERY_MS = 1_000

export type EdgeOptions = {
  /** 0 takes any free port. */
  port?: number
  stateFolder: string
  /** Where the ledger stands, as `deployLedger` answers it. */
  addresses: Record<string, string | number>
  rpcUrl: string
  maxBlobBytes?: number
  /** How deep a reorganisation may be and still be undone. */
  finalityBlocks?: number
  writesPerMinute?: number
  /** How often the chain is looked at; 0 only when asked by `POST /v1/index`. */
  indexEveryMs?: number
}

export type LocalEdge = {
  url: string
  stop: () => Promise<void>
  /** Runs what the clock runs, now. */
  tick: () => Promise<void>
  /** For tests: the database as the Worker sees it. */
  database: () => Promise<Database>
}

type Statement = {
  bind: (...values: unknown[]) => Statement
  run: () => Promise<unknown>
  all: () => Promise<{ results: Record<string, unknown>[]; meta: Record<string, unknown> }>
}
export type Database = { prepare: (sql: string) => Statement; batch: (all: Statement[]) => Promise<unknown> }

export async function startEdge(options: EdgeOptions): Promise<LocalEdge> {
  mkdirSync(options.stateFolder, { recursive: true })
  // Without a built page the API stands alone; `npm run page` builds one.
  mkdirSync(join(ROOT, 'web', 'dist'), { recursive: true })
  bundle ??= bundleWorker()
  const { code } = await bundle
  const settled = await workerOptions(options, code)
  const miniflare = withoutItsSignals(() => new Miniflare(convertV4MiniflareOptions(settled)))
  try {
    await miniflare.ready
    const url = (await miniflare.unsafeGetDirectURL(NAME)).origin
    const database = async () => (await miniflare.getD1Database('DB')) as unknown as Database // Safety: D1 has at least this.
    await migrate(await database())
    const worker = await miniflare.getWorker()
    const tick = async () => {
      await worker.scheduled({ cron: '* * * * *' })
    }
    const stopClock = startClock(tick, options.indexEveryMs ?? INDEX_EVERY_MS)
    const stop = async () => {
      await stopClock()
      await miniflare.dispose()
    }
    return { url, stop, tick, database }
  } catch (cause) {
    await miniflare.dispose().catch(() => {})
    throw startFailure(cause, options)
  }
}

/** Built once for all the edges of a process. */
let bundle: ReturnType<typeof bundleWorker> | null = null

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Miniflare ends the whole process when a signal comes. Whoever started the edge has other parts to stop first, so its
 * listeners are taken off again; the one that ends workerd when this process exits stays.
 */
function withoutItsSignals<T>(make: () => T): T {
  const before = SIGNALS.map(signal => new Set(process.listeners(signal)))
  const made = make()
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.has(listener)) process.removeListener(signal, listener)
    }
  }
  return made
}

function startFailure(cause: unknown, { port }: EdgeOptions): unknown {
  const taken = /EADDRINUSE|address already in use/i.test(String(cause))
  return taken ? new Problem('port_taken', { got: port, expected: 'a free port for the edge', cause }) : cause
}

/** The bindings of `wrangler.toml`, read by wrangler itself, so that nothing local differs from what is deployed. */
async function workerOptions(options: EdgeOptions, script: string) {
  process.env.WRANGLER_SEND_METRICS = 'false'
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler')
  const { workerOptions: declared } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { modulesRules: _, bindings, ratelimits, ...rest } = declared
  return {
    ...rest,
    name: NAME,
    modules: true as const,
    script,
    bindings: Object.assign({}, bindings, settings(options)),
    ratelimits: Object.assign({}, ratelimits, writeLimit(options)),
    // Miniflare's own entry adds to each request: people are let in at the Worker's own door, and the entry gets a port
    // that nobody uses.
    host: '127.0.0.1',
    port: 0,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: options.port ?? 0 }],
    cf: false as const,
    telemetry: { enabled: false },
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: options.stateFolder,
  }
}

const writeLimit = ({ writesPerMinute: limit }: EdgeOptions) =>
  limit === undefined ? {} : { WRITES: { namespace_id: '1001', simple: { limit, period: 60 as const } } }

const settings = ({ addresses, rpcUrl, maxBlobBytes, finalityBlocks }: EdgeOptions) => ({
  ADDRESSES: JSON.stringify(addresses),
  RPC_URLS: rpcUrl,
  PAGE_RPC_URLS: rpcUrl,
  ...(maxBlobBytes === undefined ? {} : { MAX_BLOB_BYTES: String(maxBlobBytes) }),
  ...(finalityBlocks === undefined ? {} : { FINALITY_BLOCKS: String(finalityBlocks) }),
})

/** As `wrangler d1 migrations apply` does it, in the same table, so that either can go on where the other stopped. */
async function migrate(db: Database): Promise<void> {
  await db
    .prepare(
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
         applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
    )
    .run()
  const { results } = await db.prepare('SELECT name FROM d1_migrations').all()
  const applied = new Set(results.map(row => row.name))
  const files = readdirSync(MIGRATIONS).filter(name => name.endsWith('.sql') && !applied.has(name))
  for (const name of files.sort()) {
    const statements = readFileSync(join(MIGRATIONS, name), 'utf8').split('--> statement-breakpoint')
    await db.batch([
      ...statements.map(statement => db.prepare(statement)),
      db.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
}

/** One tick after the other, never two at once. Stopping waits for the one under way. */
function startClock(tick: () => Promise<void>, everyMs: number): () => Promise<void> {
  if (everyMs === 0) return async () => {}
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    // A chain that does not answer is tried again at the next tick; `GET /v1/health` says that it is so.
    running ??= tick()
      .catch(() => {})
      .finally(() => {
        running = null
      })
  }, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}
