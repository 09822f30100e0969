/** The directory: what probes believe and what they do not, how much they ask at once, and an order that anyone can count again. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import {
  type HealthSample,
  matchAnswer,
  operatorDetail,
  operatorsAnswer,
  servingPage,
} from '@grimoire/schema/directory'
import { NEWCOMER_SECONDS, NEWCOMER_SHARE, orderRows, rankOperators } from '@grimoire/schema/match'
import type { NodeHealth } from '@grimoire/schema/node'
import { AT_RISK, GAS, type Quote, quoteTypedData } from '@grimoire/schema/quote'
import type { Hex } from 'viem'
import { indexNow, json, ledgerOf, people, startWorld, type World } from './fixture.ts'
import { healthOf, withSample } from './health/samples.ts'
import { publishWork, registerOperator, sessionKeyOf } from './seed.ts'

const { operator, paymentKey, stranger, creator } = people
const CARD = {
  turnFeeAtomic: '1000',
  inputPerMillionBytesAtomic: '250000',
  outputPerMillionBytesAtomic: '1000000',
}
const HASH = '11'.repeat(32)

/** What the node at the operator's endpoint says; each test tells it what to lie about. */
type Lie = { health?: Partial<NodeHealth>; quote?: Partial<Quote>; signer?: typeof stranger; moved?: boolean }

let world: World
let node: Server
let lie: Lie = {}
let workId: string
const asked: string[] = []

const healthSaid = (): NodeHealth => ({
  ...{ status: 'ok', chainId: world.addresses.chainId, blockNumber: '1', operator: operator.address },
  ...{ sessionKey: sessionKeyOf(operator), engine: 'llama.cpp', llamaRelease: 'b1', gpu: false },
  ...{ base: { name: 'a', sha256: HASH, contextTokens: 512 }, bases: [], openWorks: 0, draftTurnsPerDay: 0 },
  canaryEverySeconds: 0,
  ...lie.health,
})

async function quoteSaid() {
  const { chainId, works, money } = world.addresses
  const quote: Quote = {
    ...{ chainId, works, workId, version: 1, operator: operator.address, sessionKey: sessionKeyOf(operator) },
    ...{
      payTo: creator.address,
      asset: money,
      prices: CARD,
      minDepositAtomic: '1',
      withdrawDelaySeconds: 900,
    },
    ...{ refundEverySeconds: 0, gas: GAS, atRisk: AT_RISK, creditUntilFinalAtomic: '0', finalAfterBlocks: 0 },
    ...{
      warm: true,
      contextTokens: 512,
      expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
      ...lie.quote,
    },
  }
  return { quote, signature: await (lie.signer ?? paymentKey).signTypedData(quoteTypedData(quote)) }
}

before(async () => {
  node = createServer(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://node').pathname
    asked.push(path)
    if (lie.moved) return response.writeHead(302, { location: 'http://127.0.0.1:1/health' }).end()
    const said =
      path === '/health'
        ? healthSaid()
        : path === '/v1/models'
          ? { object: 'list', data: [] }
          : await quoteSaid()
    response.end(JSON.stringify(said))
  })
  await once(node.listen(0, '127.0.0.1'), 'listening')
  world = await startWorld()
  const { port } = node.address() as AddressInfo // Safety: it listens on a port.
  await registerOperator(world, people, `http://127.0.0.1:${port}`)
  workId = (await publishWork(world, { salt: 'served' })).workId
  await ledgerOf(world)(operator, 'admissions', 'setAccepted', [BigInt(workId), operator.address, true])
  await indexNow(world.edge)
})
after(async () => {
  node.close()
  await world.stop()
})

/** Lets the clock run once with everybody's turn come, while the node lies. */
async function probed(what: Lie) {
  lie = what
  const database = await world.edge.database()
  await database.prepare('UPDATE health SET due_at = 0').run()
  await world.edge.tick()
  const { body } = await json(world.edge, `/v1/operators/${operator.address}`)
  return operatorDetail.parse(body)
}

test('a node is up that says who it is and signs a right quote; the quote stands beside the work', async () => {
  const { health, samples, works } = await probed({})
  assert.equal(health?.status, 'up')
  assert.equal(health.reached, 'quoted')
  assert.deepEqual([health.uptime_last_5m, health.uptime_last_1d, health.fault], [100, 100, null])
  assert.ok(health.latency_last_30m && samples[0]?.quoteMs === health.latency_last_30m.p50)
  assert.deepEqual(
    works.map(work => work.workId),
    [workId],
  )
  const serving = servingPage.parse((await json(world.edge, `/v1/works/${workId}/operators`)).body)
  const [row] = serving.operators
  assert.deepEqual(
    [row?.operator, row?.admittedBy, row?.warm, row?.prices, row?.quote?.quote.workId],
    [operator.address, 'listed', true, CARD, workId],
  )
  assert.ok(row?.acceptedAtSeconds)
})

test('a node that says what is not so is down, and its quote is not shown', async () => {
  const lies: [Lie, string][] = [
    [{ health: { operator: stranger.address } }, 'endpoint_unreachable'],
    [{ health: { chainId: 1 } }, 'endpoint_unreachable'],
    [{ moved: true }, 'endpoint_unreachable'],
    [{ signer: stranger }, 'quote_invalid'],
    [{ quote: { operator: stranger.address } }, 'quote_invalid'],
    [{ quote: { workId: '5' } }, 'quote_invalid'],
    [{ quote: { expiresAtSeconds: 5 } }, 'quote_invalid'],
    [{ quote: { prices: { ...CARD, turnFeeAtomic: '2001' } } }, 'quote_invalid'],
  ]
  for (const [what, fault] of lies) {
    const { health, samples } = await probed(what)
    const told = [health?.status, health?.fault, samples[0]?.fault]
    assert.deepEqual(told, ['down', fault, fault], JSON.stringify(what))
  }
  const serving = servingPage.parse((await json(world.edge, `/v1/works/${workId}/operators`)).body)
  assert.equal(serving.operators[0]?.quote, null)
  const { health } = await probed({})
  assert.deepEqual([health?.status, health?.uptime_last_5m], ['up', 20])
})

test('an operator whose turn has not come is left alone', async () => {
  lie = {}
  const before = asked.length
  await world.edge.tick()
  assert.equal(asked.length, before)
})

/** Operators that the chain would have told of, straight into the index: bonded, at addresses that are not called. */
async function crowd(count: number) {
  const database = await world.edge.database()
  await database.batch(
    Array.from({ length: count }, (_, at) =>
      database
        .prepare(
          `INSERT INTO operators (operator, endpoint, session_key, payment_key, turn_fee_atomic, input_atomic,
             output_atomic, bond_atomic, registered_at) VALUES (?1, 'https://node.example', ?2, ?3, 1, 1, 1, '100000000', ?4)`,
        )
        .bind(
          `0x${'c0'.repeat(18)}${String(at).padStart(4, '0')}`,
          `0x${String(at).padStart(64, '0')}`,
          stranger.address.toLowerCase(),
          1_000 + (at % 5),
        ),
    ),
  )
}

test('a tick asks few, those that waited longest first, so that in the end everybody is asked', async () => {
  await crowd(30)
  const database = await world.edge.database()
  const counted = async () => {
    const { results } = await database.prepare('SELECT operator FROM health WHERE summary IS NOT NULL').all()
    return results.length
  }
  const seen = [await counted()]
  for (let at = 0; at < 3; at++) {
    await world.edge.tick()
    seen.push(await counted())
  }
  assert.deepEqual(seen, [1, 11, 21, 31])
  const { body } = await json(world.edge, `/v1/operators/0x${'c0'.repeat(18)}0000`)
  assert.deepEqual([body.health.status, body.health.fault], ['down', 'endpoint_refused'])
})

test('the directory is walked page by page, each operator once', async () => {
  const found: Hex[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const path: string = `/v1/operators?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page: ReturnType<typeof operatorsAnswer.parse> = operatorsAnswer.parse(
      (await json(world.edge, path)).body,
    )
    found.push(...page.operators.map(row => row.operator))
    cursor = page.nextCursor
  }
  assert.equal(found.length, 31)
  assert.equal(new Set(found).size, 31)
})

test('a match can be counted again by whoever has the nonce, for a work of a list and for one that is open', async () => {
  const open = (await publishWork(world, { salt: 'open', terms: { admission: 'bonded' } })).workId
  await indexNow(world.edge)
  const matched = async (each: string, nonce: string) =>
    matchAnswer.parse((await json(world.edge, `/v1/works/${each}/match?nonce=${nonce}`)).body)
  const [listed, first, again] = [
    await matched(workId, 'a'),
    await matched(open, 'a'),
    await matched(open, 'a'),
  ]
  assert.deepEqual(
    listed.operators.map(row => row.operator),
    [operator.address],
  )
  assert.equal(first.operators.length, 16)
  assert.deepEqual(again, first)
  assert.deepEqual(orderRows(first.operators, { workId: open, nonce: 'a' }), first.operators)
  assert.notDeepEqual((await matched(open, 'b')).operators, first.operators)
})

test('what is not there, and what cannot be asked, is refused by its name', async () => {
  const refusals: [string, number, string][] = [
    [`/v1/operators/${creator.address}`, 404, 'operator_unknown'],
    ['/v1/operators/0x12', 400, 'request_invalid'],
    ['/v1/operators?cursor=abc', 400, 'cursor_invalid'],
    ['/v1/works/5/operators', 404, 'work_unknown'],
    ['/v1/works/5/match?nonce=a', 404, 'work_unknown'],
    [`/v1/works/${workId}/match`, 400, 'request_invalid'],
    [`/v1/works/${workId}/match?nonce=${'a'.repeat(65)}`, 400, 'request_invalid'],
    [`/v1/works/${workId}/operators?limit=1000`, 400, 'request_invalid'],
  ]
  for (const [path, status, code] of refusals) {
    const { body, ...answer } = await json(world.edge, path)
    assert.deepEqual([answer.status, body.code], [status, code], path)
  }
})

const sampleAt = (atSeconds: number, change: Partial<HealthSample> = {}): HealthSample => ({
  ...{ atSeconds, reached: 'quoted', connectMs: 1, quoteMs: 10, fault: null, ...change },
})

test('samples are a ring of a day, and figures are of their own windows', () => {
  let samples: HealthSample[] = []
  for (let at = 0; at < 2_000; at++) {
    const down = at >= 1_998
    const change: Partial<HealthSample> = down
      ? { reached: 'nothing', quoteMs: null, fault: 'endpoint_unreachable' }
      : { quoteMs: at % 100 }
    samples = withSample(samples, sampleAt(at * 60, change))
  }
  assert.equal(samples.length, 720)
  const health = healthOf(samples)
  assert.deepEqual(
    [health?.status, health?.fault, health?.uptime_last_5m, health?.uptime_last_30m, health?.uptime_last_1d],
    ['down', 'endpoint_unreachable', 60, 93.33, 99.72],
  )
  // Of the 28 quotes of the last half hour, 70 to 97 ms.
  assert.deepEqual(health?.latency_last_30m, { p50: 83, p75: 90, p90: 95, p99: 97 })
  assert.equal(withSample(samples, sampleAt(2_000 * 60 + 86_401)).length, 1)
})

test('a cheap, warm, quick and well bonded operator goes first, and one in ten goes to a newcomer', () => {
  const asked = { workId: '7', minimumBondAtomic: 100n, nowSeconds: NEWCOMER_SECONDS * 2 }
  const health = { uptime_last_30m: 100, latency_last_30m: { p50: 50, p75: 50, p90: 50, p99: 50 } }
  const one = (at: number, change = {}) => ({
    ...{ operator: `0x${String(at).padStart(40, '0')}` as Hex, endpoint: 'https://a.example', prices: CARD },
    ...{ warm: true, health, bondAtomic: '1000', registeredAtSeconds: 0, ...change },
  })
  const candidates = [
    one(1, { prices: { ...CARD, turnFeeAtomic: '9000' } }),
    one(2, { warm: false }),
    one(3, { health: { ...health, uptime_last_30m: 20 } }),
    one(4, { bondAtomic: '100' }),
    one(5),
    one(6, { health: null, warm: null, registeredAtSeconds: asked.nowSeconds }),
  ]
  const firsts = Array.from({ length: 2_000 }, (_, at) => {
    const [first] = rankOperators(candidates, { ...asked, nonce: String(at) })
    return Number(first?.operator)
  })
  assert.deepEqual([...new Set(firsts)].sort(), [5, 6])
  const share = firsts.filter(first => first === 6).length / firsts.length
  assert.ok(Math.abs(share - NEWCOMER_SHARE) < 0.02, `${share}`)
})
