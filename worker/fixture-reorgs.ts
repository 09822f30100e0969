/** Random schedules of a chain that is reorganised under an index that is interrupted: does it end as one built anew? */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareEdges, DERIVED, type TableDifference } from './compare.ts'
import { indexNow, json, startWorld } from './fixture.ts'
import { type Random, randomFrom, setStage } from './fixture-happenings.ts'
import { type Behaviour, honest, lagsAt, startRpc } from './fixture-rpc.ts'
import { type LocalEdge, startEdge } from './local.ts'
import { putBlob } from './seed.ts'

const FINALITY_BLOCKS = 64
const NOTES = ['cursor', 'blocks', 'journal', 'words_due']

export type Outcome = {
  seed: number
  differing: TableDifference[]
  /** Null, or why the index stands still at the end. */
  reason: string | null
  depths: number[]
  restarts: number
  /** Runs that an error or a lag of the endpoint cut short. */
  troubled: number
}

/** Every question fails with this chance, in the order in which they are asked. */
const stormy =
  (random: Random, inTen: number): Behaviour =>
  (call, real) =>
    random(10) < inTen ? Promise.reject(new Error('the endpoint is down')) : real(call)

type Mark = { at: number; id: string }

/** Builds the chain on a snapshot to which each schedule goes back, and follows it with one of two edges. */
async function openStage() {
  const world = await startWorld({ finalityBlocks: FINALITY_BLOCKS })
  const { happen, blobs } = await setStage(world)
  const rpc = await startRpc(world.rpcUrl)
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'grimoire-reorg-')))
  const [followed = '', anew = ''] = folders
  const options = { ...world.edgeOptions, writesPerMinute: 1_000_000 }
  const startFollower = () => startEdge({ ...options, stateFolder: followed, rpcUrl: rpc.url })
  const follower = await startFollower()
  const fresh = await startEdge({ ...options, stateFolder: anew })
  for (const edge of [follower, fresh]) for (const bytes of blobs) await putBlob({ ...world, edge }, bytes)
  await world.testClient.setAutomine(false)
  const ask = (method: string, params: unknown[] = []) =>
    world.publicClient.request({ method, params } as Parameters<typeof world.publicClient.request>[0]) // Safety: anvil's own methods.
  const height = async () => Number(await ask('eth_blockNumber'))
  const snapshot = async (): Promise<Mark> => ({ at: await height(), id: String(await ask('evm_snapshot')) })
  const closeAll = async () => {
    await fresh.stop()
    await rpc.stop()
    await world.stop()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  return { happen, rpc, followed, anew, startFollower, follower, fresh, ask, height, snapshot, closeAll }
}
type Stage = Awaited<ReturnType<typeof openStage>>

/** Blocks with some events each, or an empty stretch. */
async function grow({ ask, happen }: Stage, blocks: number, random: Random): Promise<void> {
  for (let left = blocks; left > 0; ) {
    if (random(5) < 3) {
      const stretch = Math.min(left, 1 + random(24))
      await ask('hardhat_mine', [`0x${stretch.toString(16)}`])
      left -= stretch
      continue
    }
    const calls = Array.from({ length: 1 + random(2) }, () => happen(random)).flat()
    // One after the other: the chain counts a sender's transactions as they come.
    for (const one of calls) await ask('eth_sendTransaction', [{ ...one, gas: '0x16e360' }])
    await ask('evm_mine')
    left--
  }
}

async function forget(edge: LocalEdge): Promise<void> {
  const db = await edge.database()
  await db.batch([...DERIVED, ...NOTES].map(table => db.prepare(`DELETE FROM ${table}`)))
}

class Trial {
  readonly #stage: Stage
  #follower: LocalEdge
  #start: Mark

  constructor(stage: Stage, start: Mark) {
    this.#stage = stage
    this.#follower = stage.follower
    this.#start = start
  }

  async #backToStart(): Promise<void> {
    const { ask, snapshot } = this.#stage
    await ask('evm_revert', [this.#start.id])
    this.#start = await snapshot()
  }

  /** Ends workerd while it works, and starts it on what it left. */
  async #killInTheMiddle(random: Random): Promise<void> {
    const { promise: middle, resolve: reached } = Promise.withResolvers<void>()
    let left = 1 + random(30)
    this.#stage.rpc.behave((call, real) => {
      if (--left === 0) reached()
      return real(call)
    })
    const run = indexNow(this.#follower).catch(() => null) // It dies with its edge.
    await Promise.race([middle, run])
    await this.#follower.stop()
    await run
    this.#follower = await this.#stage.startFollower()
  }

  async #index(random: Random, outcome: Outcome): Promise<void> {
    const { rpc, height } = this.#stage
    const weather = random(100)
    if (weather < 4) {
      outcome.restarts++
      await this.#killInTheMiddle(random)
    } else {
      if (weather < 30) rpc.behave(stormy(random, 1 + random(3)))
      else if (weather < 50) rpc.behave(lagsAt(Math.max(this.#start.at, (await height()) - 1 - random(30))))
      const { status, body } = await indexNow(this.#follower)
      if (status !== 200 || body.reason) outcome.troubled++
    }
    rpc.behave(honest)
  }

  /** Back to a snapshot that finality allows, whatever the index has seen, and on along another branch. */
  async #reorganise(marks: Mark[], seen: number, random: Random, outcome: Outcome): Promise<void> {
    const { ask, height, snapshot } = this.#stage
    const before = await height()
    const allowed = marks.filter(({ at }) => at >= seen - FINALITY_BLOCKS && at < before)
    const mark = allowed[random(allowed.length)]
    if (!mark) return
    marks.splice(marks.indexOf(mark))
    await ask('evm_revert', [mark.id])
    marks.push(await snapshot())
    outcome.depths.push(before - mark.at)
    const short = random(3) === 0
    const blocks = short ? random(before - mark.at) : before - mark.at + 1 + random(4)
    await grow(this.#stage, blocks, random)
  }

  async run(seed: number): Promise<Outcome> {
    const { fresh, height, snapshot } = this.#stage
    const random = randomFrom(seed)
    const outcome: Outcome = { seed, differing: [], reason: null, depths: [], restarts: 0, troubled: 0 }
    await this.#backToStart()
    await Promise.all([this.#follower, fresh].map(forget))
    const marks = [await snapshot()]
    let seen = this.#start.at
    for (let step = 2 + random(3); step > 0; step--) {
      await grow(this.#stage, 1 + random(26), random)
      marks.push(await snapshot())
      if (random(3)) {
        seen = Math.max(seen, await height())
        await this.#index(random, outcome)
      }
      if (random(2)) await this.#reorganise(marks, seen, random, outcome)
    }
    await grow(this.#stage, Math.max(1, seen + 1 - (await height())), random)
    return this.#settle(outcome)
  }

  async #settle(outcome: Outcome): Promise<Outcome> {
    const { fresh, anew, followed } = this.#stage
    const [{ body }] = await Promise.all([indexNow(this.#follower), indexNow(fresh)])
    const { tables, block } = compareEdges(anew, followed)
    const differing = tables.filter(({ missing, extra }) => missing + extra > 0)
    const apart = block[0] === block[1] ? null : `at block ${block[1]}, not ${block[0]}`
    const reason = body.reason ?? body.detail ?? apart
    return { ...outcome, differing, reason }
  }

  /** A reorganisation by so many blocks, seen from the index; answers what health says then. */
  async deeper(depth: number, seed: number): Promise<{ status: string; rowsKept: boolean }> {
    const { ask, snapshot } = this.#stage
    const random = randomFrom(seed)
    await this.#backToStart()
    await forget(this.#follower)
    await grow(this.#stage, 3, random)
    await indexNow(this.#follower)
    const { id } = await snapshot()
    // Both branches may begin with empty blocks: mined for one account they would be the same ones, and the branch shallower.
    await ask('hardhat_setCoinbase', [`0x${'a1'.repeat(20)}`])
    await grow(this.#stage, depth, random)
    await indexNow(this.#follower)
    const before = JSON.stringify(await countRows(this.#follower))
    await ask('evm_revert', [id])
    await ask('hardhat_setCoinbase', [`0x${'b2'.repeat(20)}`])
    await grow(this.#stage, depth + 3, random)
    await indexNow(this.#follower)
    const rowsKept = JSON.stringify(await countRows(this.#follower)) === before
    return { status: (await json(this.#follower, '/v1/health')).body.status, rowsKept }
  }

  async stop(): Promise<void> {
    await this.#follower.stop()
    await this.#stage.closeAll()
  }
}

export async function startTrial(): Promise<Trial> {
  const stage = await openStage()
  return new Trial(stage, await stage.snapshot())
}

async function countRows(edge: LocalEdge) {
  const db = await edge.database()
  return Promise.all(
    DERIVED.map(async table => (await db.prepare(`SELECT count(*) AS n FROM ${table}`).all()).results[0]?.n),
  )
}

export const holdsUp = ({ differing, reason }: Outcome): boolean => differing.length === 0 && reason === null
