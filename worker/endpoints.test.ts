/** Several endpoints of a chain, some of which lag, lie or fail: they stop the index or are passed over, and corrupt nothing. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { indexNow, json, people, startWorld, type World } from './fixture.ts'
import { fails, honest, lagsAt, liesAbout, type Rpc, startRpc } from './fixture-rpc.ts'
import { type LocalEdge, startEdge } from './local.ts'
import { buyEditions, fund, publishWork } from './seed.ts'

const TABLES = ['works', 'versions', 'holdings', 'trades', 'earnings', 'earning_sums', 'nonces']
let world: World
let rpcs: Rpc[]
let edge: LocalEdge
let folder = ''
let workId = ''

before(async () => {
  world = await startWorld()
  await fund(world, people.holder)
  workId = (await publishWork(world, { salt: 'first' }, false)).workId
  rpcs = await Promise.all([1, 2, 3].map(() => startRpc(world.rpcUrl)))
  folder = mkdtempSync(join(tmpdir(), 'grimoire-edge-'))
  edge = await startEdge({
    ...world.edgeOptions,
    stateFolder: folder,
    rpcUrl: rpcs.map(({ url }) => url).join(','),
  })
  await indexNow(edge)
})
after(async () => {
  await edge.stop()
  for (const rpc of rpcs) await rpc.stop()
  await world.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Whatever was tried: once all are honest, the index is what the other edge, which never saw a lie, has. */
afterEach(async () => {
  for (const rpc of rpcs) rpc.behave(honest)
  const { body } = await indexNow(edge)
  assert.deepEqual([body.blockNumber, body.reason], [await headNumber(), null])
  await indexNow(world.edge)
  assert.deepEqual(await rows(edge), await rows(world.edge))
  assert.deepEqual((await health()).passedOver, [])
})

const headNumber = async () => Number(await world.publicClient.getBlockNumber())
const health = async () => (await json(edge, '/v1/health')).body
const buy = () => buyEditions(world, people.holder, workId)

async function rows(of: LocalEdge) {
  const db = await of.database()
  const all: Record<string, string[]> = {}
  for (const table of TABLES) {
    const { results } = await db.prepare(`SELECT * FROM ${table}`).all()
    all[table] = results.map(row => JSON.stringify(row)).sort()
  }
  return all
}

/** The first of them behave like this; all others are down. */
const only = (...behaviours: Parameters<Rpc['behave']>[0][]) =>
  rpcs.forEach((rpc, at) => {
    rpc.behave(behaviours[at] ?? fails)
  })

const withoutLogs = liesAbout('eth_getLogs', () => [])

describe('passed over', () => {
  test('one that is down and one of another chain, each named in health with its reason', async () => {
    await buy()
    only(
      fails,
      liesAbout('eth_chainId', () => '0x2105'),
      honest,
    )
    const { body } = await indexNow(edge)
    assert.equal(body.blockNumber, await headNumber())
    const { passedOver, status } = await health()
    assert.equal(status, 'ok')
    assert.equal(passedOver.length, 2)
    assert.match(passedOver.join('\n'), new RegExp(`${rpcs[0]?.host}\\) does not answer`))
    assert.match(passedOver.join('\n'), new RegExp(`${rpcs[1]?.host}\\) is of chain 8453, not 31337`))
  })

  test('one that lags, as long as another does not', async () => {
    const late = await headNumber()
    await buy()
    only(lagsAt(late - 1), lagsAt(late), honest)
    assert.equal((await indexNow(edge)).body.blockNumber, await headNumber())
  })

  test('one that leaves out logs, when two do not', async () => {
    await buy()
    only(withoutLogs, honest, honest)
    for (let turn = 0; turn < 3; turn++) {
      assert.equal((await indexNow(edge)).body.blockNumber, await headNumber())
      await buy()
    }
  })

  test('one whose blocks are of another branch, when two agree on the one that is indexed', async () => {
    const other = liesAbout('eth_getBlockByNumber', (block: Record<string, unknown>) => ({
      ...block,
      hash: `0x${'5e'.repeat(32)}`,
    }))
    await buy()
    only(honest, other, honest)
    for (let turn = 0; turn < 3; turn++) {
      assert.equal((await indexNow(edge)).body.blockNumber, await headNumber())
      await buy()
    }
  })

  test('none for ever: each run begins with another one', async () => {
    for (const rpc of rpcs) rpc.asked.length = 0
    for (let turn = 0; turn < 3; turn++) {
      await buy()
      await indexNow(edge)
    }
    for (const rpc of rpcs) assert.ok(rpc.asked.includes('eth_getLogs'))
  })
})

describe('stopping', () => {
  const known = async () => ({ rows: await rows(edge), at: (await health()).indexedBlock })

  /** Nothing was written, and the reason says why. */
  async function stoppedBy(reason: RegExp) {
    const before = await known()
    const { body } = await indexNow(edge)
    assert.match(body.reason ?? body.detail, reason)
    assert.deepEqual(await known(), before)
    const state = await health()
    assert.equal(state.status, 'behind')
    assert.match(state.reason, reason)
  }

  test('all of them lag', async () => {
    const late = (await headNumber()) - 1
    only(lagsAt(late), lagsAt(late), lagsAt(late - 1))
    await stoppedBy(/lags, or the chain was cut/)
  })

  test('of two one leaves out logs, and cannot be proved wrong: nobody can say which', async () => {
    await buy()
    only(
      (call, real) =>
        call.method === 'eth_getBlockReceipts' ? Promise.resolve(null) : withoutLogs(call, real),
      honest,
    )
    await stoppedBy(/contradict each other about the next blocks/)
  })

  test('of two one is on another branch', async () => {
    only(
      honest,
      liesAbout('eth_getBlockByNumber', (block: Record<string, unknown>) => ({
        ...block,
        hash: `0x${'5e'.repeat(32)}`,
      })),
    )
    await stoppedBy(/contradict each other about block \d+/)
  })

  test('the only one leaves out logs that its receipts have', async () => {
    await buy()
    only(withoutLogs)
    await stoppedBy(/leaves out logs of block \d+ that its receipts have/)
  })

  test('the only one makes logs up that its headers deny', async () => {
    await buy()
    await indexNow(edge)
    const logs = await world.publicClient.request({
      method: 'eth_getLogs',
      params: [{ address: world.addresses.works, fromBlock: '0x0' }],
    })
    await world.testClient.mine({ blocks: 1 })
    const blockNumber = `0x${(await headNumber()).toString(16)}`
    const forged = liesAbout('eth_getLogs', (_, { params: [filter] }) => [
      { ...logs.at(-1), ...(filter as { blockHash: string }), blockNumber }, // Safety: as our indexer asks.
    ])
    only(forged)
    await stoppedBy(/gives logs that block \d+ denies in its header/)
  })

  test('the only one has a block that does not follow the one before', async () => {
    await world.testClient.mine({ blocks: 3 })
    const head = await headNumber()
    only(
      liesAbout('eth_getBlockByNumber', (block: { number: string }) =>
        Number(block.number) === head ? { ...block, parentHash: `0x${'77'.repeat(32)}` } : block,
      ),
    )
    await stoppedBy(/has a block \d+ that does not follow block \d+/)
  })
})

describe('one writer', () => {
  /** Holds the first question for logs until it is let go. */
  function holdLogs() {
    let release = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    let reached = () => {}
    const asked = new Promise<void>(resolve => {
      reached = resolve
    })
    only(async (call, real) => {
      if (call.method === 'eth_getLogs') {
        reached()
        await held
      }
      return real(call)
    })
    return { release, asked }
  }

  test('a hundred nudges and ticks while a run is under way are one run more', async () => {
    await buy()
    const [first] = rpcs
    const { release, asked } = holdLogs()
    const begun = indexNow(edge)
    await asked
    if (first) first.asked.length = 0
    const crowd = Array.from({ length: 100 }, (_, at) => (at % 10 ? indexNow(edge) : edge.tick()))
    await buy()
    release()
    await Promise.all([begun, ...crowd])
    const runs = first?.asked.filter(method => method === 'eth_chainId').length
    assert.ok(runs === 1 || runs === 2, `${runs} runs`)
    assert.equal((await health()).indexedBlock, await headNumber())
  })

  test('a writer whose term is over writes nothing, says so, and may ask again', async () => {
    await buy()
    const { release, asked } = holdLogs()
    const late = indexNow(edge)
    await asked
    const before = await rows(edge)
    const db = await edge.database()
    await db.prepare('UPDATE cursor SET term = term + 5').run()
    release()
    const { status, body } = await late
    assert.deepEqual([status, body.code, body.retry], [503, 'index_taken', true])
    assert.deepEqual(await rows(edge), before)
    assert.equal((await indexNow(edge)).status, 200)
  })

  test('a commit from a place that is not the cursor’s is dropped whole', async () => {
    const db = await edge.database()
    const batch = db.batch([
      db.prepare('UPDATE cursor SET unbroken = (term = -1), number = 0'),
      db.prepare('DELETE FROM works'),
    ])
    await assert.rejects(batch, /CHECK constraint failed: one_writer/)
    assert.deepEqual(await rows(edge), await rows(world.edge))
  })
})
