/** One run of the indexer: by the clock, or because someone who just traded asks for it. */
import { checkChain } from '../chain.ts'
import { type Env, settingsOf } from '../env.ts'
import { follow } from './follow.ts'
import { openPlace, type Place, readPlace, releaseLease, takeLease } from './place.ts'
import { refreshWords, sweepWords } from './words.ts'

const RUN_MS = 20_000
const WAIT_MS = 5_000
const POLL_MS = 40

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Waits for a run that is under way: what has just been mined may be behind it. */
async function waitForLease(db: D1Database, lease: string): Promise<boolean> {
  const until = Date.now() + WAIT_MS
  while (!(await takeLease(db, lease))) {
    if (Date.now() > until) return false
    await pause(POLL_MS)
  }
  return true
}

/** Follows the chain to its head, or as far as time allows. Null when another run did not end in time. */
export async function runIndexer(
  env: Env,
  options: { wait: boolean; sweep: boolean },
): Promise<Place | null> {
  const settings = settingsOf(env)
  await checkChain(settings)
  await openPlace(env.DB, settings)
  const lease = crypto.randomUUID()
  const held = options.wait ? await waitForLease(env.DB, lease) : await takeLease(env.DB, lease)
  if (!held) return readPlace(env.DB)
  const words = { db: env.DB, blobs: env.BLOBS, settings }
  try {
    const { place, touchedWorks } = await follow({
      db: env.DB,
      settings,
      lease,
      untilMs: Date.now() + RUN_MS,
    })
    await refreshWords(words, [...touchedWorks])
    if (options.sweep) await sweepWords(words)
    return place
  } finally {
    await releaseLease(env.DB, lease)
  }
}
