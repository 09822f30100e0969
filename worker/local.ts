/** The edge on this machine: the real Worker in workerd with a database and a bucket on disk, without account or network. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { oncePerRun } from '@grimoire/contracts/once'
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { Problem } from '@grimoire/schema/problem'
import { bundleWorker } from './bundle.ts'
import { type CardDrawer, cardDrawer } from './local-cards.ts'
import { copyMigrated } from './local-database.ts'
import { type Database, migrate } from './migrations.ts'
import { launch } from './workerd.ts'

const ROOT = dirname(import.meta.dirname)
const NAME = 'edge'
const BESIDE = 'beside'
const INDEX_EVERY_MS = 1_000

export type EdgeOptions = {
  /** 0 takes any free port. */
  port?: number
  stateFolder: string
  /** Where the ledger stands, as `deployLedger` answers it. */
  addresses: Record<string, string | number>
  rpcUrl: string
  maxBlobBytes?: number
  /** Further settings, by their names in `wrangler.toml`. */
  vars?: Record<string, string>
  /** How deep a reorganisation may be and still be undone. */
  finalityBlocks?: number
  writesPerMinute?: number
  /** Any other setting that `wrangler.toml` explains. */
  settings?: Record<string, string>
  /** False for the API alone: a page is answered by a development server, which stands before the Worker in every request. */
  page?: boolean
  /** For the benchmark: the Worker that tells what its database does. */
  measured?: boolean
  /** For the benchmark: another module in the same workerd, at an address of its own. */
  beside?: string
  /** For tests: told of each share card that is drawn. */
  onCard?: () => void
  /** Where people reach it, when that is not the loopback address. */
  publicUrl?: string
  /** Who may hide works from its lists. */
  moderators?: readonly string[]
  /** How often the chain is looked at; 0 only when asked by `POST /v1/index`. */
  indexEveryMs?: number
  /** Before this nothing happens by the clock: who is measured should be up. */
  clockAfter?: Promise<void>
}

export type LocalEdge = {
  url: string
  /** Where the module beside it is reached, if there is one. */
  besideUrl: string | null
  stop: () => Promise<void>
  /** Runs what the clock runs, now. */
  tick: () => Promise<void>
  /** For tests: the database as the Worker sees it. */
  database: () => Promise<Database>
  /** For tests: the names of everything in the bucket. */
  objects: () => Promise<string[]>
}

export async function startEdge(options: EdgeOptions): Promise<LocalEdge> {
  mkdirSync(options.stateFolder, { recursive: true })
  // Without a built page the API stands alone; `npm run page` builds one.
  mkdirSync(join(ROOT, 'web', 'dist'), { recursive: true })
  const { measured = false, beside } = options
  const building = bundles.get(measured) ?? oncePerRun(`worker-${measured}`, () => bundleWorker({ measured }))
  bundles.set(measured, building)
  const { code } = await building
  const drawer = cardDrawer(options.onCard)
  const main = await workerOptions(options, code, drawer)
  const workers = [main, ...(beside === undefined ? [] : [besideOf(beside)])]
  await copyMigrated(options.stateFolder, main)
  const miniflare = launch({ workers, resourcePersistencePath: options.stateFolder })
  try {
    await miniflare.ready
    const url = (await miniflare.unsafeGetDirectURL(NAME)).origin
    const besideUrl =
      beside === undefined ? null : String((await miniflare.unsafeGetDirectURL(BESIDE)).origin)
    const database = async () => (await miniflare.getD1Database('DB')) as unknown as Database // Safety: D1 has at least this.
    await migrate(await database())
    const worker = await miniflare.getWorker()
    const tick = async () => {
      await worker.scheduled({ cron: '* * * * *' })
    }
    const stopClock = startClock(tick, options)
    const stop = async () => {
      await stopClock()
      await miniflare.dispose()
      await drawer.stop()
    }
    const objects = async () => {
      const { objects: found } = await (await miniflare.getR2Bucket('BLOBS')).list()
      return found.map(({ key }) => key)
    }
    return { url, besideUrl, stop, tick, database, objects }
  } catch (cause) {
    await miniflare.dispose().catch(() => {})
    throw startFailure(cause, options)
  }
}

/** For an edge without a chain, which describes itself like the others. */
const NOWHERE = `0x${'11'.repeat(20)}`
export const LEDGER_NOWHERE: EdgeOptions['addresses'] = {
  ...{
    chainId: DEVNET_CHAIN_ID,
    deployedAtBlock: 1,
    money: NOWHERE,
    works: NOWHERE,
    operators: NOWHERE,
    policy: NOWHERE,
  },
  ...{ admissions: NOWHERE, gate: NOWHERE, keyNetwork: NOWHERE, settlement: NOWHERE, collector: NOWHERE },
  multicall3: NOWHERE,
}

/** Built once for all the edges of a process. */
const bundles = new Map<boolean, ReturnType<typeof bundleWorker>>()

function startFailure(cause: unknown, { port }: EdgeOptions): unknown {
  const taken = /EADDRINUSE|address already in use/i.test(String(cause))
  return taken ? new Problem('port_taken', { got: port, expected: 'a free port for the edge', cause }) : cause
}

async function declaredOptions() {
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler')
  return unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml')).workerOptions
}

/** The bindings of `wrangler.toml`, read by wrangler itself, so that nothing local differs from what is deployed. */
async function workerOptions(options: EdgeOptions, script: string, drawer: CardDrawer) {
  process.env.WRANGLER_SEND_METRICS = 'false'
  const declared = await oncePerRun('bindings', declaredOptions)
  const { modulesRules: _, bindings, ratelimits, serviceBindings, ...rest } = declared
  if (options.page === false) delete rest.assets
  return {
    ...rest,
    name: NAME,
    modules: true as const,
    script,
    bindings: Object.assign({}, bindings, settings(options), options.settings),
    ratelimits: Object.assign({}, ratelimits, writeLimit(options)),
    serviceBindings: Object.assign({}, serviceBindings, { CARDS: drawer.draw, EGRESS: egressOf(options) }),
    unsafeDirectSockets: [{ host: '127.0.0.1', port: options.port ?? 0 }],
  }
}

const besideOf = (script: string) => ({
  ...{ name: BESIDE, modules: true as const, script, compatibilityDate: '2026-08-01' },
  unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
})

/**
 * Where requests to strangers' addresses go. Whatever a name resolves to, the socket connects to public addresses only;
 * on the devnet to this machine too.
 */
export const egressOf = ({ addresses: { chainId } }: Pick<EdgeOptions, 'addresses'>) => ({
  network: {
    allow: chainId === DEVNET_CHAIN_ID ? ['public', 'local'] : ['public'],
    tlsOptions: { trustBrowserCas: true },
  },
})

const writeLimit = ({ writesPerMinute: limit }: EdgeOptions) =>
  limit === undefined ? {} : { WRITES: { namespace_id: '1001', simple: { limit, period: 60 as const } } }

/** Cursors are good until the edge starts anew: pages of an earlier start begin again. */
const settings = ({
  addresses,
  rpcUrl,
  maxBlobBytes,
  vars,
  finalityBlocks,
  writesPerMinute,
  publicUrl,
  moderators,
}: EdgeOptions) => ({
  CURSOR_KEY: randomBytes(32).toString('hex'),
  ADDRESSES: JSON.stringify(addresses),
  RPC_URLS: rpcUrl,
  PAGE_RPC_URLS: rpcUrl,
  ...(publicUrl === undefined ? {} : { PUBLIC_URL: publicUrl }),
  ...(moderators === undefined ? {} : { MODERATORS: moderators.join() }),
  ...(maxBlobBytes === undefined ? {} : { MAX_BLOB_BYTES: String(maxBlobBytes) }),
  ...vars,
  ...(writesPerMinute === undefined ? {} : { WRITES_PER_MINUTE: String(writesPerMinute) }),
  ...(finalityBlocks === undefined ? {} : { FINALITY_BLOCKS: String(finalityBlocks) }),
})

/** One tick after the other, never two at once. Stopping waits for the one under way. */
function startClock(
  tick: () => Promise<void>,
  { indexEveryMs: everyMs = INDEX_EVERY_MS, clockAfter }: EdgeOptions,
): () => Promise<void> {
  if (everyMs === 0) return async () => {}
  let begun = clockAfter === undefined
  void clockAfter?.then(() => {
    begun = true
  })
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    // A chain that does not answer is tried again at the next tick; `GET /v1/health` says that it is so.
    if (!begun) return
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
