/** What the clock runs, one after the other. */
import { deliverDue } from './deliver.ts'
import { type Env, settingsOf } from './env.ts'
import { probeOperators } from './health/run.ts'
import { runIndexer } from './indexer/run.ts'
import { forgetAll } from './remembered.ts'
import { sweepUploads } from './store/finish-upload.ts'
import { dropExpired } from './store/listings.ts'
import { dropReplays } from './store/replays.ts'
import { dropEnded } from './store/sessions.ts'
import { sweepBlobs } from './store/sweep-blobs.ts'
import { dropUnsignedDays } from './store/unsigned-bytes.ts'

export async function tick(env: Env): Promise<void> {
  const store = { db: env.DB, blobs: env.BLOBS }
  const jobs: (() => Promise<unknown>)[] = [
    async () => runIndexer(env, { sweep: true }),
    async () => dropExpired(env.DB),
    async () => dropEnded(env.DB),
    async () => deliverDue(env),
    async () => dropReplays(env.DB),
    async () => dropUnsignedDays(env.DB),
    async () => sweepUploads(store),
    async () => sweepBlobs(store, settingsOf(env)),
    async () => probeOperators(env),
  ]
  // One after the other; what one cannot do now, say while no chain answers, is no reason to leave the others undone.
  for (const job of jobs)
    await job()
      .catch(error => console.error(JSON.stringify({ scheduled: String(error) })))
      .finally(() => forgetAll(env))
}
