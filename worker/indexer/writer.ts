/** The one writer of the index: a Durable Object, of which there is one; the clock and everyone who nudges go through it. */
import { DurableObject } from 'cloudflare:workers'
import { asProblem, Problem } from '@grimoire/schema/problem'
import { type Env, settingsOf } from '../env.ts'
import { answerOf, type Outcome, refuse } from '../outcome.ts'
import { follow } from './follow.ts'
import { beginTerm, isFencedOff, note, openPlace, type Place, readTerm } from './place.ts'
import { checkPurses } from './purses.ts'
import { refreshWords, sweepWords, type Words } from './words.ts'

const RUN_MS = 20_000
const WORDS_AT_ONCE = 50

/**
 * Each run has a term of its own, counted in this object's storage and held against the database's: should the platform
 * ever let two of these live at once, the later term is the only one that the database takes a commit from.
 */
export class IndexWriter extends DurableObject<Env> {
  #running: Promise<Outcome<Place>> | null = null
  #next: Promise<Outcome<Place>> | null = null
  #sweep = false

  /** Whoever asks while a run is under way gets the one after it, together with all who asked meanwhile. */
  run({ sweep }: { sweep: boolean }): Promise<Outcome<Place>> {
    this.#sweep ||= sweep
    if (!this.#running) return this.#start()
    this.#next ??= this.#running.then(() => {
      this.#next = null
      return this.#start()
    })
    return this.#next
  }

  #start(): Promise<Outcome<Place>> {
    const sweep = this.#sweep
    this.#sweep = false
    const run = this.#index(sweep)
      .then(answer => ({ answer }))
      .catch(error => refuse(refusal(error), 'indexer'))
      .finally(() => {
        this.#running = null
      })
    this.#running = run
    return run
  }

  async #index(sweep: boolean): Promise<Place> {
    const settings = settingsOf(this.env)
    const { DB: db, BLOBS: blobs } = this.env
    await openPlace(db, settings)
    const term = await this.#nextTerm()
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
  async #nextTerm(): Promise<number> {
    const known = (await this.ctx.storage.get<number>('term')) ?? 0
    const term = Math.max(known, await readTerm(this.env.DB)) + 1
    await this.ctx.storage.put('term', term)
    return term
  }
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
