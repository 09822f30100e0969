/** One run of the writer, and how anybody has it run. */
import { asProblem, Problem } from '@grimoire/schema/problem'
import { type Env, settingsOf } from '../env.ts'
import { answerOf, type Outcome, refuse } from '../outcome.ts'
import { follow } from './follow.ts'
import { beginTerm, isFencedOff, note, openPlace, type Place, readTerm } from './place.ts'
import { checkPurses } from './purses.ts'
import { refreshWords, sweepWords, type Words } from './words.ts'

const RUN_MS = 20_000
const WORDS_AT_ONCE = 50

/** For the writer alone. */
export const runIndex = (
  env: Env,
  storage: DurableObjectStorage,
  { sweep }: { sweep: boolean },
): Promise<Outcome<Place>> =>
  index(env, storage, sweep)
    .then(answer => ({ answer }))
    .catch(error => refuse(refusal(error), 'indexer'))

async function index(env: Env, storage: DurableObjectStorage, sweep: boolean): Promise<Place> {
  const settings = settingsOf(env)
  const { DB: db, BLOBS: blobs } = env
  await openPlace(db, settings)
  const term = await nextTerm(db, storage)
  await beginTerm(db, term)
  const words = { db, blobs, settings }
  try {
    const place = await follow({ db, settings, term, untilMs: Date.now() + RUN_MS })
    await readWordsDue(words)
    if (sweep) await sweepWords(words)
    await checkPurses(db, settings, place.number)
    return place
  } catch (error) {
    const { code, details } = refusal(error)
    if (code === 'chain_unreachable' && details.detail)
      await note(db, { reason: details.detail, head: null, passedOver: [] })
    throw error
  }
}

/** Later than any that this object or the database knows of: the database may be older or newer than the object. */
async function nextTerm(db: D1Database, storage: DurableObjectStorage): Promise<number> {
  const known = (await storage.get<number>('term')) ?? 0
  const term = Math.max(known, await readTerm(db)) + 1
  await storage.put('term', term)
  return term
}

/** The words of every work of which a version was published or undone, also of those that a run before left. */
async function readWordsDue(words: Words): Promise<void> {
  for (;;) {
    const { results } = await words.db
      .prepare('SELECT work_id AS workId FROM words_due LIMIT ?')
      .bind(WORDS_AT_ONCE)
      .all<{ workId: string }>()
    const workIds = results.map(({ workId }) => workId)
    if (workIds.length === 0) return
    await refreshWords(words, workIds)
    await words.db
      .prepare('DELETE FROM words_due WHERE work_id IN (SELECT value FROM json_each(?))')
      .bind(JSON.stringify(workIds))
      .run()
  }
}

const refusal = (error: unknown): Problem =>
  isFencedOff(error) ? new Problem('index_taken', { cause: error }) : asProblem(error)

/** Has the index follow the chain to its head, or as far as time allows; answers where it is then. */
export async function runIndexer(env: Env, options: { sweep: boolean }): Promise<Place> {
  settingsOf(env)
  return answerOf<Place>(await env.INDEX.get(env.INDEX.idFromName('writer')).run(options))
}
