/** A real node as an edge measures it, and a client that takes the edge's advice for an order and for nothing more. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { randomBase } from '@grimoire/inference-node/engine/random-gguf'
import { matchAnswer, operatorDetail, servingPage } from '@grimoire/schema/directory'
import type { Hex } from '@grimoire/schema/hex'
import { findOperators } from './find-operators.ts'
import { joinOperator, serveHttp, TERMS } from './fixture.ts'
import { promptParts, type SmallMarket, startMarket, startNode, words } from './fixture-market.ts'
import { adviseOperators } from './match-operators.ts'
import { publishWork } from './publish-work.ts'
import { readQuote } from './read-quote.ts'

/** Of so many words that one that ends an answer hardly comes up, and slow enough that its last is not heard with its first. */
const TALKER = {
  ...{ width: 384, layers: 6, heads: 6, feedForward: 1_024, words: 31_739, contextTokens: 1_024 },
  quantized: true,
}

let world: SmallMarket
let live: Awaited<ReturnType<typeof startNode>>
let gone: Hex
let workId: string

before(async () => {
  world = await startMarket()
  // The longest registered, and first in every list that nobody ranked; nothing listens at its endpoint.
  gone = (await joinOperator(world)).operator
  live = await startNode(world, { base: randomBase(TALKER) })
  const terms = { ...TERMS, kind: 'prompt', disclosure: 'sealed' } as const
  const options = { wallet: await world.person(), words: words(live.base), terms, parts: promptParts() }
  workId = (await publishWork(world.market, { ...options, admitted: [gone, live.operator] })).workId
  await world.edge.tick()
})
after(async () => {
  await live?.node.stop()
  await world?.stop()
})

const told = async (path: string) => (await fetch(world.edge.url + path)).json()
const orderOf = (records: readonly { operator: Hex }[]) => records.map(({ operator }) => operator)

test('the edge measures a real node, and shows the quote that the client would get', async () => {
  const { health, samples } = operatorDetail.parse(await told(`/v1/operators/${live.operator}`))
  assert.deepEqual([health?.status, health?.reached, health?.uptime_last_30m], ['up', 'quoted', 100])
  assert.ok(health?.latency_last_30m && samples[0]?.connectMs !== null)
  const [{ firstTokenMs, tokensPerSecond } = {}] = samples
  assert.ok(firstTokenMs !== undefined && tokensPerSecond !== undefined && tokensPerSecond > 0)
  assert.equal(health.first_token_last_30m?.p99, firstTokenMs)
  assert.equal(health.throughput_last_30m?.p50, tokensPerSecond)
  const down = operatorDetail.parse(await told(`/v1/operators/${gone}`))
  assert.deepEqual([down.health?.status, down.health?.fault], ['down', 'endpoint_unreachable'])
  const { operators } = servingPage.parse(await told(`/v1/works/${workId}/operators`))
  const shown = operators.find(row => row.operator === live.operator)?.quote?.quote
  const { quote } = await readQuote(world.market, { workId, operator: live.operator })
  assert.deepEqual({ ...shown, expiresAtSeconds: 0 }, { ...quote, expiresAtSeconds: 0 })
})

test('who answers is asked before who does not, as the edge advises', async () => {
  const [first] = await adviseOperators(world.market, workId)
  assert.equal(first, live.operator)
  assert.deepEqual(orderOf(await findOperators(world.market, { workId })), [live.operator, gone])
})

test('an edge whose order is not that of its own figures is not followed', async t => {
  const lies: ((answer: ReturnType<typeof matchAnswer.parse>) => unknown)[] = [
    ({ operators, ...rest }) => ({ ...rest, operators: operators.map(row => ({ ...row, score: 1 })) }),
    ({ operators, ...rest }) => ({
      ...rest,
      operators: [...operators, { ...operators[0], operator: gone, score: 1 }].reverse(),
    }),
    () => ({ operators: [] }),
  ]
  for (const lie of lies) {
    const server = await serveHttp(async (request, response) => {
      const body = await told(request.url ?? '')
      const match = request.url?.includes('/match?')
      response.end(JSON.stringify(match ? lie(matchAnswer.parse(body)) : body))
    })
    t.after(server.stop)
    const market = { ...world.market, edgeUrl: server.url }
    assert.deepEqual(await adviseOperators(market, workId), [])
    assert.deepEqual(orderOf(await findOperators(market, { workId })), [gone, live.operator])
  }
})
