/** Follows the chain from the cursor to its head, block by block near the head, and walks back when it was reorganised. */
import { Problem } from '@grimoire/schema/problem'
import type { Settings } from '../env.ts'
import { commit, loadRows, undo } from './commit.ts'
import { Endpoints, headerAt, type Seen, standingOf, witnesses } from './endpoints.ts'
import { apply, rowsOf } from './fold.ts'
import { addSums, sumNames } from './fold-earnings.ts'
import { Image } from './image.ts'
import { halt, note, type Place, readPlace } from './place.ts'
import { Contradiction, RANGE_BLOCKS, readBlocks, readRange, type Stretch, sourcesOf } from './read.ts'

/** A paid Worker may ask 10,000 times in one invocation; a run stays far below, and the next goes on. */
const MAX_QUESTIONS = 4_000
/** A reorganisation between two questions looks like a contradiction, so an endpoint is asked again before it is left. */
const MAX_STRIKES = 3

/** `term`: whose turn it is to write; a later one fences this one off. */
export type Follower = { db: D1Database; settings: Settings; term: number; untilMs: number }
type Run = Follower & {
  endpoints: Endpoints
  range: number
  strikes: Map<string, number>
}

/** In a database that was opened before. */
export async function follow(follower: Follower): Promise<Place> {
  const { db, settings, untilMs, term } = follower
  const endpoints = new Endpoints(settings, term)
  const run: Run = { ...follower, endpoints, range: RANGE_BLOCKS, strikes: new Map() }
  for (;;) {
    const place = await standing(db)
    const spent = Date.now() > untilMs || endpoints.questions > MAX_QUESTIONS
    if (place.halted || spent || !(await step(run, place))) {
      return standing(db)
    }
  }
}

async function standing(db: D1Database): Promise<Place> {
  const place = await readPlace(db)
  if (!place) throw new Problem('internal', { detail: 'The cursor row is gone.' })
  return place
}

/** One look at all endpoints, and one commit if there is something new. Answers whether to go on. */
async function step(run: Run, place: Place): Promise<boolean> {
  const { db, endpoints } = run
  const seen = await endpoints.look()
  const furthest = seen[0]?.head.number ?? 0
  const stop = async (reason: string | null) => {
    await note(db, { reason, head: furthest, passedOver: [...endpoints.passedOver.values()] })
    return false
  }
  const able = seen.filter(({ head }) => head.number >= place.number)
  if (able.length === 0) {
    return stop(
      `The endpoint is at block ${furthest}, the index at ${place.number}: it lags, or the chain was cut.`,
    )
  }
  const { same, other } = await standingOf(endpoints, able, place)
  if (same.length === 0 && other.length === 0) return true // Nobody answered: the next look says who is left.
  if (other.length > same.length) return walkBack(run, place, other)
  if (other.length === same.length) {
    return stop(disputed(`block ${place.number}`, same, other))
  }
  const [source] = same
  if (!source || source.head.number === place.number) return stop(null)
  return (
    (await advance(run, place, source, same)) ?? (await stop(disputed('the next blocks', same, [source])))
  )
}

const disputed = (what: string, some: readonly Seen[], others: readonly Seen[]) =>
  `The endpoints contradict each other about ${what} (${[...new Set([...some, ...others])]
    .map(({ endpoint }) => endpoint.name)
    .join(', ')}): nothing is indexed until most of them agree.`

/** Null when as many contradict as agree, so that nobody can be believed. */
async function advance(run: Run, place: Place, source: Seen, all: readonly Seen[]): Promise<boolean | null> {
  const { endpoints, settings } = run
  const stretch = await read(run, place, source)
  if (!stretch) return true
  const others = all.filter(one => one !== source)
  const told = { ...stretch, from: place.number + 1, address: sourcesOf(settings) }
  const { same, other } = await witnesses(endpoints, others, told)
  if (other.length > same.length + 1) {
    endpoints.passOver(
      source.endpoint,
      `is contradicted by most others about blocks up to ${stretch.to.number}`,
    )
    return true
  }
  if (other.length > same.length) return null
  await store(run, place, source.head.number, stretch)
  return true
}

/** Null when there is nothing to store: to be tried with fewer blocks, or asked of another endpoint. */
async function read(run: Run, place: Place, { endpoint, head }: Seen): Promise<Stretch | null> {
  const { settings, endpoints, range } = run
  const final = head.number - settings.FINALITY_BLOCKS
  try {
    if (place.number >= final) return await readBlocks(endpoint, settings, place, head)
    const answer = await readRange(endpoint, settings, place, { final, range })
    run.range = typeof answer === 'number' ? answer : Math.min(RANGE_BLOCKS, range * 2)
    return typeof answer === 'number' ? null : answer
  } catch (error) {
    if (!(error instanceof Contradiction)) endpoints.passOver(endpoint, 'does not answer', error)
    else strike(run, endpoint, error)
    return null
  }
}

function strike({ strikes, endpoints }: Run, endpoint: Seen['endpoint'], error: Contradiction): void {
  const count = (strikes.get(endpoint.name) ?? 0) + 1
  strikes.set(endpoint.name, count)
  if (count >= MAX_STRIKES) endpoints.passOver(endpoint, error.message)
}

/** Finds the youngest kept block that the chain still has. When there is none, more was undone than finality allows. */
async function walkBack(run: Run, place: Place, seen: readonly Seen[]): Promise<boolean> {
  const { db, endpoints, term } = run
  const { results } = await db
    .prepare('SELECT number, hash FROM blocks WHERE number < ? ORDER BY number DESC')
    .bind(place.number)
    .all<{ number: number; hash: string }>()
  let answered = false
  for (const { endpoint, head } of seen) {
    const there = await endpoints.ask(endpoint, () => youngestShared(endpoint, results))
    answered ||= !endpoints.passedOver.has(endpoint.name)
    if (!there) continue
    await undo(db, { from: place, to: there, head: head.number, term })
    return true
  }
  if (!answered) return true
  await halt(
    db,
    `Block ${place.number} is no longer ${place.hash}, and the chain agrees with none of the ${results.length} blocks kept before it. Rebuild the index.`,
  )
  return false
}

async function youngestShared(endpoint: Seen['endpoint'], kept: readonly { number: number; hash: string }[]) {
  for (const { number, hash } of kept) {
    const there = await headerAt(endpoint, number)
    if (there.hash === hash) return there
  }
  return null
}

async function store(run: Run, from: Place, head: number, { to, facts, kept }: Stretch): Promise<void> {
  const { db, settings, term } = run
  const image = new Image()
  await loadRows(db, image, facts.flatMap(rowsOf))
  for (const fact of facts) {
    image.enter(fact.block, kept.length > 0)
    apply(image, fact)
  }
  await loadRows(db, image, sumNames(image))
  addSums(image, kept.length > 0)
  await commit(db, image, { from, to, head, term }, kept, settings.FINALITY_BLOCKS)
}
