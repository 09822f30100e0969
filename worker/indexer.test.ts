/** The index follows a real chain through reorganisations, lag and restarts, and ends equal to one built anew. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { indexNow, json, ledgerOf, people, startWorld, type World } from './fixture.ts'
import { type EdgeOptions, type LocalEdge, startEdge } from './local.ts'
import { buyEditions, type Draft, fund, publishWork, putBlob, registerOperator } from './seed.ts'

const { creator, holder, stranger, operator } = people
const FROM_CHAIN = [
  ...['works', 'versions', 'parents', 'admissions', 'holdings', 'trades', 'collections', 'operators'],
  ...['makers', 'nonces', 'fees', 'texts', 'earnings', 'earning_sums'],
]
const TO_UNDO = ['blocks', 'journal']

let world: World
let call: ReturnType<typeof ledgerOf>
const manifests: Uint8Array<ArrayBuffer>[] = []
const folders: string[] = []
const edges = new Set<LocalEdge>()

before(async () => {
  world = await startWorld()
  call = ledgerOf(world)
  await registerOperator(world)
  await fund(world, holder)
  await fund(world, stranger)
})
after(async () => {
  for (const edge of edges) await edge.stop()
  await world.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-edge-'))
  folders.push(folder)
  return folder
}

async function publish(salt: string, draft: Partial<Draft> = {}) {
  const published = await publishWork(world, { salt, title: `Title of ${salt}`, ...draft })
  manifests.push(published.bytes)
  return published.workId
}

async function rows(edge: LocalEdge, tables: string[]) {
  const db = await edge.database()
  const all: Record<string, string[]> = {}
  for (const table of tables) {
    const { results } = await db.prepare(`SELECT * FROM ${table}`).all()
    all[table] = results.map(row => JSON.stringify(row)).sort()
  }
  return all
}

/** Stopped at the end of the file at the latest, whatever a test came to. */
async function start(options: EdgeOptions): Promise<LocalEdge> {
  const edge = await startEdge(options)
  const stop = async () => {
    if (edges.delete(edge)) await edge.stop()
  }
  edges.add(edge)
  return { ...edge, stop }
}

/** A second edge that has seen nothing but the chain as it is now. */
async function fresh(options: Partial<EdgeOptions> = {}) {
  const edge = await start({ ...world.edgeOptions, stateFolder: newFolder(), ...options })
  for (const bytes of manifests) await putBlob({ ...world, edge }, bytes)
  await indexNow(edge)
  return edge
}

async function assertEqualToFresh(tables = [...FROM_CHAIN, ...TO_UNDO], options: Partial<EdgeOptions> = {}) {
  const rebuilt = await fresh(options)
  try {
    const [followed, built] = [await rows(world.edge, tables), await rows(rebuilt, tables)]
    for (const table of tables) {
      const [known, anew] = [followed[table] ?? [], built[table] ?? []]
      const only = (a: string[], b: string[]) => a.filter(row => !b.includes(row))
      assert.deepEqual([only(known, anew), only(anew, known)], [[], []], table)
    }
  } finally {
    await rebuilt.stop()
  }
}

const position = async (edge = world.edge) => (await json(edge, '/v1/health')).body

describe('following', () => {
  test('every kind of event becomes rows, and a nudge answers with the head', async () => {
    const parent = await publish('parent')
    const child = await publish('child', { parents: [{ workId: BigInt(parent), shareBps: 500 }] })
    await call(creator, 'works', 'confirmParent', [BigInt(child), BigInt(parent)])
    await call(operator, 'admissions', 'setAccepted', [BigInt(parent), operator.address, true])
    await call(creator, 'admissions', 'setAdmitted', [BigInt(child), stranger.address, true])
    await call(creator, 'admissions', 'setAdmitted', [BigInt(child), operator.address, false])
    await buyEditions(world, holder, child, 2)
    await call(holder, 'works', 'cancel', [[256n, 258n]])
    await call(stranger, 'works', 'cancelAll', [])
    await call(operator, 'operators', 'rotateSessionKey', [`0x${'0b'.repeat(32)}`])
    await call(operator, 'operators', 'beginUnbonding', [])
    const { body } = await indexNow(world.edge)
    const head = Number(await world.publicClient.getBlockNumber())
    assert.deepEqual([body.blockNumber, body.headBlockNumber, body.reason], [head, head, null])
    const work = (await json(world.edge, `/v1/works/${child}`)).body
    assert.deepEqual(work.parents, [{ workId: parent, shareBps: 500, confirmed: true }])
    assert.deepEqual(work.admitted, [stranger.address])
    assert.equal(work.minted, 2)
    const serving = (await json(world.edge, `/v1/works/${parent}`)).body
    assert.deepEqual([serving.admitted, serving.accepted], [[operator.address], [operator.address]])
    const [row] = (await json(world.edge, '/v1/operators')).body.operators
    assert.deepEqual(
      [row.operator, row.active, row.sessionKey],
      [operator.address, false, `0x${'0b'.repeat(32)}`],
    )
    await call(operator, 'operators', 'cancelUnbonding', [])
    await indexNow(world.edge)
    assert.equal((await json(world.edge, '/v1/operators')).body.operators[0].active, true)
  })

  test('an opened copy leaves one edition less and one copy that is counted apart', async () => {
    const workId = await publish('openable', { terms: { disclosure: 'openable' } })
    await buyEditions(world, holder, workId, 2)
    await call(holder, 'works', 'openCopy', [BigInt(workId)])
    await indexNow(world.edge)
    const { body } = await json(world.edge, `/v1/holdings?holder=${holder.address}&workId=${workId}`)
    assert.deepEqual(body.holdings, [{ holder: holder.address, workId, editions: 1, openedCopies: 1 }])
  })

  test('twenty nudges and ticks at once count every event once', async () => {
    for (let at = 0; at < 5; at++) await publish(`crowd ${at}`)
    const head = Number(await world.publicClient.getBlockNumber())
    const nudges = Array.from({ length: 20 }, (_, at) =>
      at % 4 ? indexNow(world.edge) : world.edge.tick().then(() => null),
    )
    for (const answer of await Promise.all(nudges)) if (answer) assert.equal(answer.body.blockNumber, head)
    await assertEqualToFresh()
  })

  test('requests that ask the chain at the same moment do not wait for each other', async () => {
    const paths = ['/v1/health', '/v1/operators?limit=1', '/v1/health']
    for (let round = 0; round < 10; round++) {
      const reads = Array.from({ length: 12 }, (_, at) => json(world.edge, paths[at % 3] ?? ''))
      const statuses = (await Promise.all([...reads, indexNow(world.edge), indexNow(world.edge)])).map(
        ({ status }) => status,
      )
      assert.deepEqual(new Set(statuses), new Set([200]))
    }
  })

  test('reading in ranges below finality gives the same rows as block by block', async () => {
    await world.testClient.mine({ blocks: 70 })
    await indexNow(world.edge)
    await assertEqualToFresh(FROM_CHAIN, { finalityBlocks: 1 })
    await assertEqualToFresh(FROM_CHAIN)
  })

  test('an edge started again goes on where it stopped', async () => {
    const folder = newFolder()
    const first = await fresh({ stateFolder: folder })
    await first.stop()
    const again = await start({ ...world.edgeOptions, stateFolder: folder })
    assert.equal((await position(again)).lagBlocks, 0)
    assert.deepEqual(await rows(again, FROM_CHAIN), await rows(world.edge, FROM_CHAIN))
    await again.stop()
  })
})

describe('reorganisations', () => {
  beforeEach(() => indexNow(world.edge))

  test('what happened on the abandoned branch is gone, what happened on the other is there', async () => {
    const kept = await publish('kept')
    const id = await world.testClient.snapshot()
    const lost = await publish('lost')
    await buyEditions(world, holder, lost, 3)
    await buyEditions(world, holder, kept, 1)
    await indexNow(world.edge)
    assert.equal((await json(world.edge, `/v1/works/${lost}`)).status, 200)
    await world.testClient.revert({ id })
    await publish('won')
    await world.testClient.mine({ blocks: 8 })
    await indexNow(world.edge)
    assert.equal((await json(world.edge, `/v1/works/${lost}`)).status, 404)
    assert.equal((await json(world.edge, `/v1/works/${kept}`)).body.minted, 0)
    const found = async (q: string) => (await json(world.edge, `/v1/works?q=${q}`)).body.works.length
    assert.deepEqual([await found('lost'), await found('won'), await found('kept')], [0, 1, 1])
    await assertEqualToFresh(FROM_CHAIN)
  })

  test('an endpoint that lags stops the index and loses nothing', async () => {
    const id = await world.testClient.snapshot()
    await publish('ahead')
    await indexNow(world.edge)
    const known = await rows(world.edge, FROM_CHAIN)
    const at = (await position()).indexedBlock
    await world.testClient.revert({ id })
    const { body } = await indexNow(world.edge)
    assert.equal(body.blockNumber, at)
    assert.match(body.reason, /lags, or the chain was cut/)
    assert.equal((await position()).status, 'behind')
    assert.deepEqual(await rows(world.edge, FROM_CHAIN), known)
    await world.testClient.mine({ blocks: 5 })
    await indexNow(world.edge)
    assert.equal((await position()).status, 'ok')
    await assertEqualToFresh(FROM_CHAIN)
  })

  test('one deeper than finality halts loudly instead of guessing', async () => {
    const edge = await fresh({ finalityBlocks: 3 })
    const id = await world.testClient.snapshot()
    await world.testClient.mine({ blocks: 10 })
    await indexNow(edge)
    const known = await rows(edge, FROM_CHAIN)
    await world.testClient.revert({ id })
    await publish('too late')
    await world.testClient.mine({ blocks: 12 })
    const { body } = await indexNow(edge)
    assert.match(body.reason, /agrees with none of the \d+ blocks kept/)
    assert.equal((await position(edge)).status, 'stopped')
    await indexNow(edge)
    assert.deepEqual(await rows(edge, FROM_CHAIN), known)
    await edge.stop()
  })
})

describe('refusing', () => {
  test('a database of one ledger is never mixed with another, and goes on as it was once the settings are corrected', async () => {
    const folder = newFolder()
    const first = await fresh({ stateFolder: folder })
    const known = await rows(first, FROM_CHAIN)
    await first.stop()
    const addresses = { ...world.addresses, works: stranger.address }
    const other = await start({ ...world.edgeOptions, addresses, stateFolder: folder })
    const { status, body } = await indexNow(other)
    assert.deepEqual([status, body.code], [500, 'config_invalid'])
    const told = await position(other)
    assert.equal(told.status, 'stopped')
    assert.match(told.reason, /follows the ledger/)
    await other.stop()
    const corrected = await start({ ...world.edgeOptions, stateFolder: folder })
    assert.equal((await indexNow(corrected)).body.reason, null)
    assert.equal((await position(corrected)).status, 'ok')
    assert.deepEqual(await rows(corrected, FROM_CHAIN), known)
    await corrected.stop()
  })

  test('an endpoint of another chain is not believed', async () => {
    const addresses = { ...world.addresses, chainId: 8_453 }
    const edge = await start({ ...world.edgeOptions, addresses, stateFolder: newFolder() })
    const { status, body } = await indexNow(edge)
    assert.deepEqual([status, body.code], [400, 'chain_wrong'])
    await edge.stop()
  })

  test('without a chain, what is known is still served, and health says so', async () => {
    const edge = await start({
      ...world.edgeOptions,
      rpcUrl: 'http://127.0.0.1:9',
      stateFolder: newFolder(),
    })
    const { status, body } = await indexNow(edge)
    assert.deepEqual([status, body.code, body.retry], [502, 'chain_unreachable', true])
    assert.equal((await json(edge, '/v1/works')).status, 200)
    const { status: state, headBlock } = await position(edge)
    assert.deepEqual([state, headBlock], ['behind', null])
    await edge.stop()
  })
})
