/** What every caller may rely on: budgets that are told, keys under which a thing is done once, and answers that are not sent twice. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Listing } from '@grimoire/schema/listing'
import { problems } from '@grimoire/schema/problem'
import type { Description } from './description.ts'
import { indexNow, json, people, post, startWorld, type World } from './fixture.ts'
import { answerCheck } from './fixture-answers.ts'
import { networkOf } from './network-of.ts'
import { buyEditions, draftListing, publishWork, signListing } from './seed.ts'

const WRITES = 60
let world: World
let workId = ''
let nonce = 0
before(async () => {
  world = await startWorld({ writesPerMinute: WRITES })
  workId = (await publishWork(world, { salt: 'polite' })).workId
  await buyEditions(world, people.holder, workId, 2)
  await indexNow(world.edge)
})
after(() => world?.stop())

const signed = async (change: Partial<Listing> = {}) =>
  signListing(
    world,
    people.holder,
    await draftListing(world, { seller: people.holder.address, workId, nonce: String(nonce++), ...change }),
  )

const send = (body: unknown, headers: Record<string, string> = {}) => {
  const sent = post(body)
  return json(world.edge, '/v1/listings', { ...sent, headers: { ...sent.headers, ...headers } })
}

describe('an idempotency key', () => {
  test('makes the same request one request: the second answer is the first, and says so', async () => {
    const body = await signed()
    const key = { 'idempotency-key': 'one-listing' }
    const first = await send(body, key)
    const again = await send(body, key)
    assert.deepEqual([first.status, first.headers.get('idempotent-replayed')], [200, null])
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true'])
    assert.deepEqual(again.body, first.body)
  })

  test('with another body is refused by name', async () => {
    const key = { 'idempotency-key': 'taken' }
    assert.equal((await send(await signed(), key)).status, 200)
    const { status, body } = await send(await signed(), key)
    assert.deepEqual(
      [status, body.code, body.error.param],
      [422, 'idempotency_key_reused', 'idempotency-key'],
    )
  })

  test('that was refused may be used again once the cause is mended', async () => {
    const key = { 'idempotency-key': 'mended' }
    assert.equal((await send(await signed({ quantity: 9 }), key)).status, 200)
    const refused = { 'idempotency-key': 'refused' }
    assert.equal((await send(await signed({ counter: '5' }), refused)).body.code, 'order_cancelled')
    assert.equal((await send(await signed(), refused)).status, 200)
  })

  test('of twenty requests at once is answered once: all others replay it, or wait', async () => {
    const body = await signed()
    const told = await Promise.all(
      Array.from({ length: 20 }, () => send(body, { 'idempotency-key': 'raced' })),
    )
    const firsts = told.filter(one => one.status === 200 && !one.headers.has('idempotent-replayed'))
    assert.equal(firsts.length, 1)
    for (const { status, body, headers } of told) {
      if (status === 200) continue
      assert.deepEqual([status, body.code, headers.get('retry-after')], [409, 'idempotency_in_flight', '1'])
    }
  })

  test('is visible ASCII of at most 255 characters', async () => {
    for (const key of ['', 'a b', 'x'.repeat(256), 'é']) {
      const { status, body } = await send({}, { 'idempotency-key': key })
      assert.deepEqual([status, body.error.param], [400, 'idempotency-key'], key)
    }
  })

  test('a day old is free again, and the clock drops what it kept', async () => {
    const database = await world.edge.database()
    const body = await signed()
    const key = { 'idempotency-key': 'yesterday' }
    await send(body, key)
    await database.prepare('UPDATE replays SET claimed_at = claimed_at - 86400001').run()
    const again = await send(body, key)
    assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, null])
    await world.edge.tick()
    const { results } = await database.prepare('SELECT count(*) AS kept FROM replays').all()
    assert.deepEqual(results, [{ kept: 1 }])
  })
})

describe('a budget', () => {
  test('is told with every answer of a limited route, and what is left goes down', async () => {
    const left = async () => {
      const { headers } = await send({})
      assert.equal(headers.get('ratelimit-policy'), `"writes";q=${WRITES};w=60`)
      const [, r, t] = /^"writes";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? []
      assert.ok(Number(t) >= 1 && Number(t) <= 60)
      return Number(r)
    }
    const first = await left()
    const second = await left()
    // A new minute may begin in between.
    assert.ok(second === first - 1 || second === WRITES - 1, `${first}, then ${second}`)
  })

  test('is one for a network: an IPv6 address counts with its /64', () => {
    assert.equal(networkOf('192.0.2.7'), '192.0.2.7')
    for (const ip of ['2001:db8::1', '2001:0DB8:0:0:ffff::', '2001:db8:0:0:1:2:3:4']) {
      assert.equal(networkOf(ip), '2001:db8:0:0')
    }
    assert.equal(networkOf('::1'), '0:0:0:0')
    assert.notEqual(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:0::1'))
  })
})

describe('an answer', () => {
  test('has a strong etag, with which it is not sent again, and which changes with it', async () => {
    for (const path of ['/v1/works', `/v1/works/${workId}`, '/v1/addresses', '/openapi.json']) {
      const first = await fetch(world.edge.url + path)
      const tag = first.headers.get('etag') ?? ''
      assert.match(tag, /^"[0-9a-f]{64}"$/, path)
      const again = await fetch(world.edge.url + path, { headers: { 'if-none-match': `"x", W/${tag}` } })
      assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', tag])
      assert.equal(again.headers.get('access-control-allow-origin'), '*')
      assert.equal(again.headers.get('cache-control'), first.headers.get('cache-control'))
      const head = await fetch(world.edge.url + path, { method: 'HEAD' })
      assert.deepEqual([head.status, head.headers.get('etag')], [200, tag])
    }
    const before = (await fetch(`${world.edge.url}/v1/listings?workId=${workId}`)).headers.get('etag')
    await send(await signed())
    const since = await fetch(`${world.edge.url}/v1/listings?workId=${workId}`, {
      headers: { 'if-none-match': before ?? '' },
    })
    assert.equal(since.status, 200)
  })

  test('cannot run, is kept by nobody without asking, and a refusal by nobody at all', async () => {
    const read = await json(world.edge, '/v1/works')
    assert.equal(read.headers.get('cache-control'), 'no-cache')
    assert.match(read.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
    assert.equal(read.headers.get('x-content-type-options'), 'nosniff')
    assert.equal((await json(world.edge, '/v1/works/5')).headers.get('cache-control'), 'no-store')
  })

  test('repeats the request id of its caller when it is one, and has its own otherwise', async () => {
    const told = async (id: string) =>
      (await fetch(`${world.edge.url}/v1/works/0`, { headers: { 'x-request-id': id } })).json()
    assert.equal((await told('my-request_1')).requestId, 'my-request_1')
    for (const id of ['a b', '"><script>', 'x'.repeat(65)]) {
      assert.match((await told(id)).requestId, /^[0-9a-f-]{36}$/)
    }
  })
})

describe('what many ask at once', () => {
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(world.edge.url + path, { headers }).then(async response => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }))
  const change = async (sales: number) => {
    const db = await world.edge.database()
    await db.prepare('UPDATE works SET sales = ? WHERE work_id = ?').bind(sales, workId).run()
  }
  const salesIn = ({ text }: { text: string }): number => JSON.parse(text).works[0].sales
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

  const folder = join(import.meta.dirname, 'routes')
  const routes = readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')] as const)
  const keeping = routes.filter(([, code]) => /: remembered,/.test(code))

  test('is answered to each under its own name, with one etag, and as 304 to whoever has it', async () => {
    const path = '/v1/works?limit=1'
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => ask(path, { 'x-request-id': `asker-${at}` })),
    )
    assert.deepEqual(
      all.map(({ status, headers }) => [status, headers.get('x-request-id')]),
      all.map((_, at) => [200, `asker-${at}`]),
    )
    assert.equal(new Set(all.map(({ text, headers }) => `${headers.get('etag')} ${text}`)).size, 1)
    const etag = all[0]?.headers.get('etag') ?? ''
    const again = await ask(path, { 'if-none-match': `"other", W/${etag}` })
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', etag])
    assert.equal(again.headers.get('content-type'), null)
    assert.match(again.headers.get('content-security-policy') ?? '', /^default-src 'none'/)
  })

  test('is kept for a second at most, and not beyond what is written here or read from the chain', async () => {
    const path = '/v1/works?limit=2'
    const first = salesIn(await ask(path))
    await change(first + 1)
    await pause(1_100)
    assert.equal(salesIn(await ask(path)), first + 1)
    await change(first + 2)
    await indexNow(world.edge)
    assert.equal(salesIn(await ask(path)), first + 2)
    await change(first)
    await send(await signed())
    assert.equal(salesIn(await ask(path)), first)
  })

  test('is remembered nowhere for a session, for a refusal, or for the state of the index', async () => {
    const { text } = await ask('/v1/works/5', { 'x-request-id': 'one' })
    const other = await ask('/v1/works/5', { 'x-request-id': 'two' })
    assert.deepEqual([JSON.parse(text).requestId, JSON.parse(other.text).requestId], ['one', 'two'])
    assert.ok(keeping.length >= 10)
    for (const [name, code] of keeping) {
      assert.match(name, /^get-/)
      assert.doesNotMatch(code, /signedIn|no-store|c\.req\.(header|raw)|wantsCsv|cookie/i, name)
    }
  })

  test('is remembered wherever it follows from the address and the database alone', () => {
    const reads = routes.filter(
      ([, code]) => /method: 'get',\n\s*path: '\/v1\//.test(code) && /c\.env\.DB/.test(code),
    )
    // Whoever asks, what form they take it in, how long they may keep it, and what the chain says at that moment.
    const more = /middleware: |wantsCsv|cache-control|chain/
    const plain = reads.filter(([, code]) => /: remembered,/.test(code) || !more.test(code))
    assert.deepEqual(
      plain.map(([name]) => name),
      keeping.map(([name]) => name),
    )
  })
})

describe('the description', () => {
  test('says of each route what is before it: keys, budgets, refusals by status, each code of the table', async () => {
    const { body } = await json(world.edge, '/openapi.json')
    const posting = body.paths['/v1/listings'].post
    assert.ok(posting.parameters.some(({ name }: { name: string }) => name === 'idempotency-key'))
    assert.ok(posting.responses[200].headers.ratelimit)
    assert.deepEqual(posting.responses[429]['x-codes'], ['rate_limited'])
    const reading = body.paths['/v1/works'].get
    assert.equal(reading.responses[429], undefined)
    assert.ok(reading.responses[304].headers.etag)
    const operations = Object.values<Record<string, object>>(body.paths).flatMap(Object.values<object>)
    for (const { operationId, responses } of operations as { operationId: string; responses: Responses }[]) {
      for (const [status, { 'x-codes': codes = [] }] of Object.entries(responses)) {
        for (const code of codes)
          assert.equal(String(problems[code].status), status, `${operationId}: ${code}`)
      }
    }
    assert.equal(
      new Set(operations.map(one => (one as { operationId: string }).operationId)).size,
      operations.length,
    )
  })

  test('gives an example of each answer that is an answer of its shape', async () => {
    const description: Description = (await json(world.edge, '/openapi.json')).body
    const check = answerCheck(description)
    let seen = 0
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const example = responses[200]?.content?.['application/json']?.example
        if (example === undefined) continue
        const shown = { method: method.toUpperCase(), path, status: 200, contentType: 'application/json' }
        assert.equal(check({ ...shown, body: JSON.stringify(example) }), null)
        seen++
      }
    }
    assert.ok(seen >= 15)
  })

  test('is held against every answer of these tests: another status, type, field or code is found', async () => {
    const check = answerCheck((await json(world.edge, '/openapi.json')).body)
    const health = {
      status: 'ok',
      chainId: 1,
      indexedBlock: 1,
      headBlock: null,
      lagBlocks: null,
      indexedAtSeconds: 1,
      reason: null,
    }
    const asked = (change: object) =>
      check({
        ...{ method: 'GET', path: '/v1/health', status: 200, contentType: 'application/json' },
        body: JSON.stringify(health),
        ...change,
      })
    assert.equal(asked({}), null)
    assert.match(asked({ status: 418 }) ?? '', /does not describe/)
    assert.match(asked({ contentType: 'text/html' }) ?? '', /text\/html/)
    assert.match(asked({ body: JSON.stringify({ ...health, chainId: 'one' }) }) ?? '', /must be integer/)
    assert.match(asked({ body: JSON.stringify({ ...health, secret: 1 }) }) ?? '', /additional properties/)
    const unlisted = (await json(world.edge, '/v1/works/5')).body
    const refused = { status: 500, contentType: 'application/problem+json' }
    assert.match(
      asked({ ...refused, body: JSON.stringify(unlisted) }) ?? '',
      /`work_unknown`, which its route/,
    )
  })
})

type Responses = Record<string, { 'x-codes'?: (keyof typeof problems)[] }>
