/** `npm run bench -- edge [WORKS ...]`: what a page of the edge costs in workerd, at markets of growing size. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LEDGER_NOWHERE, startEdge } from '@grimoire/worker/local'
import { anew, ask, perSecond, type Times, timesOf } from './edge/ask.ts'
import { databaseIn, fill } from './edge/fill.ts'
import { bytesByTable } from './edge/size.ts'
import { median, type Row, row } from './row.ts'

const SIZES = [10_000, 100_000]
/** The most rows and questions of any of them count, and the longest time, in whole milliseconds as the clock ticks. */
const COUNTED_ROUNDS = 5
const BARE = 'export default { fetch: () => new Response("ok") }'
const ROWS_A_PAGE = 25

type Spent = { rows: number; ms: number; trips: number; shown: number }
type Measured = Times & Spent

/** The first page, in turns with a module that only answers: the same client, the same workerd. */
async function againstBare(edgeUrl: string, bareUrl: string) {
  const [lists, bares]: [number[], number[]] = [[], []]
  for (let round = 0; round < 3; round++) {
    bares.push(await perSecond(`${bareUrl}/`))
    lists.push(await perSecond(`${edgeUrl}/v1/works`))
  }
  return { list: median(lists), bare: median(bares) }
}

/** What the database did for one answer, told by the Worker that counts. */
async function spentOn(url: string): Promise<Spent> {
  const all: Spent[] = []
  for (let round = 0; round < COUNTED_ROUNDS; round++) {
    const { text, headers } = await ask(anew(url))
    const told = Object.fromEntries(
      String(headers['server-timing'])
        .split(', ')
        .map(one => one.split(';dur=')),
    )
    const body = JSON.parse(text) as Record<string, unknown> // Safety: every answer is an object.
    const lists = Object.values(body).flatMap(value => (Array.isArray(value) ? [value.length] : []))
    const shown = Math.max(1, ...lists)
    all.push({ rows: Number(told.rows), ms: Number(told.db), trips: Number(told.trips), shown })
  }
  const most = (of: (one: Spent) => number) => Math.max(...all.map(of))
  return {
    ...{ rows: most(one => one.rows), trips: most(one => one.trips), shown: most(one => one.shown) },
    ms: most(one => one.ms),
  }
}

/** Twenty pages of a hundred in. */
async function deepPage(url: string): Promise<string> {
  let cursor = ''
  for (let page = 0; page < 20; page++) {
    const { text } = await ask(`${url}/v1/works?limit=100${cursor && `&cursor=${cursor}`}`)
    const body = JSON.parse(text) as { nextCursor: string } // Safety: the edge's own page, which goes on.
    cursor = body.nextCursor
  }
  return `/v1/works?cursor=${cursor}`
}

async function measure(works: number) {
  const stateFolder = mkdtempSync(join(tmpdir(), 'grimoire-bench-edge-'))
  const options = {
    ...{ stateFolder, addresses: LEDGER_NOWHERE, rpcUrl: 'http://127.0.0.1:9', indexEveryMs: 0, page: false },
    settings: { CURSOR_KEY: 'a cursor of one edge is good for the other' },
  }
  try {
    await (await startEdge(options)).stop()
    const file = databaseIn(stateFolder)
    const requests = fill(file, works)
    const edge = await startEdge({ ...options, beside: BARE })
    requests['deep page'] = await deepPage(edge.url)
    const times = new Map<string, Times>()
    for (const [name, path] of Object.entries(requests)) times.set(name, await timesOf(edge.url + path))
    const rate = await againstBare(edge.url, edge.besideUrl ?? '')
    await edge.stop()
    const counting = await startEdge({ ...options, measured: true })
    const measured = new Map<string, Measured>()
    for (const [name, path] of Object.entries(requests)) {
      const told = times.get(name) ?? { p50: Number.NaN, p99: Number.NaN }
      measured.set(name, { ...told, ...(await spentOn(counting.url + path)) })
    }
    await counting.stop()
    return { works, tables: bytesByTable(file), measured, rate }
  } finally {
    rmSync(stateFolder, { recursive: true, force: true })
  }
}
type Market = Awaited<ReturnType<typeof measure>>

/** Times under a millisecond count as one. */
const counted = (ms: number | undefined) => Math.max(1, ms ?? Number.NaN)

const rowsOf = ({ works, measured }: Market, least: Market): Row[] =>
  Array.from(measured, ([name, { p50, p99, rows, ms, trips, shown }]) => {
    const [anchor, slowAnchor] = [
      counted(least.measured.get(name)?.p50),
      counted(least.measured.get(name)?.p99),
    ]
    const most = 4 * Math.max(ROWS_A_PAGE, shown)
    return [
      row(`${works} works: ${name}, p50 (anchor: ${least.works})`, 'ms', p50, {
        anchor,
        goal: ['<= 2', () => counted(p50) / anchor <= 2],
      }),
      row(`${works} works: ${name}, p99 (anchor: ${least.works})`, 'ms', p99, {
        anchor: slowAnchor,
        goal: ['<= 2', () => counted(p99) / slowAnchor <= 2],
      }),
      row(`${works} works: ${name}, database time, longest`, 'ms', ms, {
        goal: ['<= 50', figure => figure <= 50],
      }),
      row(`${works} works: ${name}, rows read`, 'rows', rows, {
        goal: [`<= ${most}`, figure => figure <= most],
      }),
      row(`${works} works: ${name}, questions to the database`, 'trips', trips),
    ]
  }).flat()

const sizesOf = ({ works, tables }: Market): Row[] => [
  row(`${works} works: what the catalogue keeps of a work`, 'bytes/work', tables.catalogue / works),
  row(`${works} works: words, which are the language's`, 'bytes/work', tables.words / works),
  row(`${works} works: the whole file, trades and holdings too`, 'bytes/work', tables.whole / works, {
    goal: ['<= 1200', bytes => bytes <= 1_200],
  }),
]

export async function benchEdge(args: string[]): Promise<Row[]> {
  const sizes = args.length > 0 ? args.map(Number) : SIZES
  if (sizes.some(works => !Number.isSafeInteger(works) || works < 3_000))
    throw new Error('Say how many works, at least 3000: npm run bench -- edge 10000 1000000')
  const markets: Market[] = []
  for (const works of sizes) markets.push(await measure(works))
  return markets.flatMap(market => [
    ...rowsOf(market, markets[0] ?? market),
    row(`${market.works} works: first page (anchor: a bare Response)`, 'requests/s', market.rate.list, {
      anchor: market.rate.bare,
      goal: ['>= 0.6', ratio => ratio >= 0.6],
    }),
    ...sizesOf(market),
  ])
}
