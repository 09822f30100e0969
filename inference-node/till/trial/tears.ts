/** Tears the end off a ledger's log, as a power cut may: what is left is the ledger as it was at some commit, whole. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Journal } from '../../journal.ts'
import { openState, type State } from '../../state.ts'
import { SqliteChannels } from '../channels.ts'
import { type Acknowledged, faultsIn } from './books.ts'
import { seeded } from './random.ts'
import { receiptRow, someChannel, someChannelId } from './rows.ts'

const VOUCHERS = 12
const CHANNELS = 4

/** The ledger's sums when the log was so long. */
type Commit = { logBytes: number; sums: Acknowledged }
type Recorded = { database: Uint8Array; log: Uint8Array; commits: Commit[] }

export type Torn = { tears: number; lost: number; doubled: number; unsound: number; mended: number }

async function voucher(state: State, number: number): Promise<void> {
  const [channels, journal] = [new SqliteChannels(state), new Journal(state)]
  const channel = 1 + (number % CHANNELS)
  const id = someChannelId(channel)
  const cumulative = BigInt((await channels.get(id))?.chargedCumulativeAmount ?? '0') + 3n
  const sequence = (journal.last(id)?.sequence ?? 0) + 1
  const row = receiptRow({ number: sequence, channel, charged: 3n, cumulative })
  const pendingRequest = { pendingId: '0x1', signedMaxClaimable: '0', expiresAt: 0 }
  await channels.updateChannel(id, held => ({ ...(held ?? someChannel(channel)), pendingRequest }))
  channels.alongside(id, { cumulativeAtomic: String(cumulative), write: () => journal.answered(row) })
  await channels.updateChannel(id, () => someChannel(channel, { charged: cumulative }))
}

function sumsOf(state: State): Acknowledged {
  const charged = state.prepare('SELECT charged FROM channel WHERE id = ?')
  const numbers = Array.from({ length: CHANNELS }, (_, index) => index + 1)
  return new Map(
    numbers.map(number => [number, BigInt(String(charged.get(someChannelId(number))?.charged ?? 0))]),
  )
}

/** Some vouchers, with the log's length after each commit. */
async function record(folder: string): Promise<Recorded> {
  const state = openState(join(folder, 'recorded'))
  state.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0')
  const [path, commits] = [join(folder, 'recorded', 'node.sqlite'), [{ logBytes: 0, sums: sumsOf(state) }]]
  for (let number = 0; number < VOUCHERS; number++) {
    await voucher(state, number)
    commits.push({ logBytes: statSync(`${path}-wal`).size, sums: sumsOf(state) })
  }
  const [database, log] = [readFileSync(path), new Uint8Array(readFileSync(`${path}-wal`))]
  const recorded = { database, log, commits }
  state.close()
  return recorded
}

/** Cut off, or overwritten from there on: with nothing, with noise, or in one bit. */
function torn(log: Uint8Array, at: number, random: () => number): Uint8Array {
  const kind = Math.floor(random() * 4)
  if (kind === 0) return log.slice(0, at)
  const damaged = log.slice()
  if (kind === 1) damaged.fill(0, at)
  else if (kind === 2) for (let index = at; index < log.length; index++) damaged[index] = random() * 256
  else damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  return damaged
}

/** A tear undoes the commit in whose bytes it is and those after it, and nothing else. */
function standing(
  commits: readonly Commit[],
  log: Uint8Array,
  damaged: Uint8Array,
  at: number,
): Acknowledged {
  let intact = at
  while (intact < damaged.length && damaged[intact] === log[intact]) intact++ // Nothing over nothing is no damage.
  return commits.findLast(({ logBytes }) => logBytes <= intact)?.sums ?? new Map()
}

const same = (a: Acknowledged, b: Acknowledged) => [...a].every(([channel, sum]) => b.get(channel) === sum)
const below = (a: Acknowledged, b: Acknowledged) =>
  [...a].some(([channel, sum]) => sum < (b.get(channel) ?? 0n))

/** Opens what is left as a node would, and takes one more voucher on it. */
async function faultOf(
  folder: string,
  { database, log, commits }: Recorded,
  damaged: Uint8Array,
  at: number,
) {
  const directory = join(folder, 'torn')
  mkdirSync(directory)
  writeFileSync(join(directory, 'node.sqlite'), database, { mode: 0o600 })
  writeFileSync(join(directory, 'node.sqlite-wal'), damaged)
  const expected = standing(commits, log, damaged, at)
  const state = openState(directory)
  try {
    const sums = sumsOf(state)
    if (below(sums, expected)) return 'lost' as const
    if (!same(sums, expected)) return 'doubled' as const
    await voucher(state, 0)
    return faultsIn(state, sumsOf(state))[0] ?? null
  } catch {
    return 'unsound' as const
  } finally {
    state.close()
    rmSync(directory, { recursive: true })
  }
}

/** Every byte of the log's last frames first, then bytes anywhere in it. */
export async function tearLogs(tears: number, seed: number): Promise<Torn> {
  const random = seeded(seed)
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-tears-'))
  const done: Torn = { tears: 0, lost: 0, doubled: 0, unsound: 0, mended: 0 }
  try {
    const recorded = await record(folder)
    const { log } = recorded
    for (; done.tears < tears; done.tears++) {
      const last = done.tears < tears / 2
      const at = last ? log.length - 1 - (done.tears % log.length) : Math.floor(random() * log.length)
      const fault = await faultOf(folder, recorded, torn(log, at, random), at)
      if (fault === null) done.mended++
      else {
        done[fault]++
        process.stderr.write(`tear ${done.tears} of seed ${seed} at byte ${at}: ${fault}\n`)
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return done
}
