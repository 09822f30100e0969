/** One run of the indexer: by the clock, or because someone who just traded asks for it. */
import { asking, chainOf, checkChain } from '../chain.ts'
import { type Env, type Settings, settingsOf } from '../env.ts'
import { follow } from './follow.ts'
import { isSettled, openPlace, type Place, readPlace, releaseLease, takeLease } from './place.ts'
import { refreshWords, sweepWords } from './words.ts'

const RUN_MS = 20_000
const WAIT_MS = 5_000
const POLL_MS = 40

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

type Turn = 'held' | 'done' | 'busy'

/** Waits while another run is under way: until the lease is free, or that run has done what this one was to do. */
async function waitForTurn(db: D1Database, settings: Settings, lease: string): Promise<Turn> {
  if (await takeLease(db, lease)) return 'held'
  const head = await asking(chainOf(settings).getBlock())
  const wanted = { number: Number(head.number), hash: head.hash }
  for (const until = Date.now() + WAIT_MS; Date.now() < until; await pause(POLL_MS)) {
    if (await isSettled(db, wanted)) return 'done'
    if (await takeLease(db, lease)) return 'held'
  }
  return 'busy'
}

/** Follows the chain to its head, or as far as time allows; answers where the index is then. */
export async function runIndexer(
  env: Env,
  options: { wait: boolean; sweep: boolean },
): Promise<Place | null> {
  const settings = settingsOf(env)
  await checkChain(settings)
  await openPlace(env.DB, settings)
  const lease = crypto.randomUUID()
  const held = options.wait
    ? (await waitForTurn(env.DB, settings, lease)) === 'held'
    : await takeLease(env.DB, lease)
  if (!held) return readPlace(env.DB)
  const words = { db: env.DB, blobs: env.BLOBS, settings }
  let settled: number | null = null
  try {
    const { place, touchedWorks } = await follow({
      db: env.DB,
      settings,
      lease,
      untilMs: Date.now() + RUN_MS,
    })
    await refreshWords(words, [...touchedWorks])
    if (options.sweep) await sweepWords(words)
    settled = place.number
    return place
  } finally {
    await releaseLease(env.DB, lease, settled)
  }
}
