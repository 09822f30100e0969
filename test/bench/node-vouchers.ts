/** How many vouchers a node's ledger makes durable in a second, beside one SQLite commit with its own flush for each. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openState } from '@grimoire/inference-node/state'
import { SqliteChannels } from '@grimoire/inference-node/till/channels'
import { someChannel, someChannelId } from '@grimoire/inference-node/till/trial/rows'
import { median, type Row, row } from './row.ts'

const VOUCHERS = 4_000
const ROUNDS = 5
/** Turns that are charged at the same moment. */
const AT_ONCE = [1, 16, 64]
const GOAL_PER_SECOND = 2_000

type Round = { perSecond: number; latenciesMs: number[] }

async function ours(folder: string, atOnce: number): Promise<Round> {
  const state = openState(folder)
  const channels = new SqliteChannels(state)
  const latenciesMs: number[] = []
  const startedMs = performance.now()
  const lane = async (number: number) => {
    for (let sum = 1n; sum <= BigInt(Math.floor(VOUCHERS / atOnce)); sum++) {
      const begunMs = performance.now()
      await channels.updateChannel(someChannelId(number), () => someChannel(number, { charged: sum }))
      latenciesMs.push(performance.now() - begunMs)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, index) => lane(index + 1)))
  const perSecond = latenciesMs.length / ((performance.now() - startedMs) / 1_000)
  state.close()
  return { perSecond, latenciesMs }
}

/** What it would be without a shared flush: `synchronous = FULL`, a commit for each voucher. */
function plain(folder: string): number {
  const state = new DatabaseSync(join(folder, 'plain.sqlite'))
  state.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE channel (id TEXT PRIMARY KEY, json TEXT)',
  )
  const put = state.prepare('INSERT OR REPLACE INTO channel VALUES (?, ?)')
  const startedMs = performance.now()
  for (let sum = 1; sum <= VOUCHERS; sum++) {
    const number = 1 + (sum % 64)
    put.run(someChannelId(number), JSON.stringify(someChannel(number, { charged: BigInt(sum) })))
  }
  const perSecond = VOUCHERS / ((performance.now() - startedMs) / 1_000)
  state.close()
  return perSecond
}

const p99 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN

export async function benchVouchers(): Promise<Row[]> {
  const rows: Row[] = []
  for (const atOnce of AT_ONCE) {
    const [rates, anchors, tails]: number[][] = [[], [], []]
    for (let round = 0; round < ROUNDS; round++) {
      const folder = mkdtempSync(join(tmpdir(), 'grimoire-bench-'))
      const { perSecond, latenciesMs } = await ours(join(folder, 'ours'), atOnce)
      rates?.push(perSecond)
      tails?.push(p99(latenciesMs))
      anchors?.push(plain(folder))
      rmSync(folder, { recursive: true })
    }
    const rate = median(rates ?? [])
    const name = `durable vouchers, ${atOnce} at once`
    rows.push(row(`${name} (anchor: a flush for each)`, '/s', rate, { anchor: median(anchors ?? []) }))
    rows.push(row(`${name}, p99`, 'ms', median(tails ?? [])))
    if (atOnce === 64) {
      const goal: [string, (figure: number) => boolean] = [
        `>= ${GOAL_PER_SECOND}`,
        figure => figure >= GOAL_PER_SECOND,
      ]
      rows.push(row('durable vouchers a second', '/s', rate, { goal }))
    }
  }
  return rows
}
