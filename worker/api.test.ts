/** The manners of the edge: every refusal in one form, metadata for wallets, the page itself, and its own description. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { worksAbi } from '@grimoire/contracts/generated/works'
import {
  contractMetadata,
  edgeHealth,
  ledgerAddresses,
  networkAnswer,
  operatorsPage,
  tokenMetadata,
} from '@grimoire/schema/catalogue'
import { fromProblemBody } from '@grimoire/schema/problem'
import { indexNow, json, people, post, startWorld, type World } from './fixture.ts'
import { startEdge } from './local.ts'
import { publishWork, registerOperator } from './seed.ts'

const WRITES = 25
let world: World
let workId = ''
before(async () => {
  world = await startWorld({ writesPerMinute: WRITES })
  workId = (await publishWork(world, { salt: 'named', title: 'Named work', summary: 'Said once.' })).workId
  await registerOperator(world)
  await indexNow(world.edge)
})
after(() => world.stop())

describe('refusals', () => {
  test('what is not here is 404, in the one form that every refusal has', async () => {
    for (const path of ['/v1', '/v1/nothing', '/v1/works/1/2', '/v1/works/../etc']) {
      const { status, headers, body } = await json(world.edge, path)
      assert.equal(status, 404, path)
      assert.equal(headers.get('content-type'), 'application/problem+json')
      assert.equal(fromProblemBody(body)?.code, 'not_found')
      assert.equal(body.requestId, headers.get('x-request-id'))
      assert.equal(body.error.type, 'not_found_error')
    }
  })

  test('a known path with another method is 405, and says which are answered', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/v1/works', 'GET, HEAD'],
      ['POST', `/v1/blobs/${'a'.repeat(64)}`, 'GET, HEAD, PUT'],
      ['PATCH', '/v1/listings', 'GET, HEAD, POST'],
      ['GET', '/v1/index', 'POST'],
    ] as const) {
      const { status, headers, body } = await json(world.edge, path, { method })
      assert.deepEqual([status, body.code, headers.get('allow')], [405, 'method_not_allowed', allow], path)
    }
  })

  test('the door answers exactly the methods that the description names, path by path', async () => {
    const { body } = await json(world.edge, '/openapi.json')
    const described = Object.entries<Record<string, unknown>>(body.paths)
    assert.ok(described.length > 50)
    for (const [path, methods] of described) {
      const names = Object.keys(methods).map(name => name.toUpperCase())
      const allow = [...names, ...(names.includes('GET') ? ['HEAD'] : [])].sort().join(', ')
      const { status, headers } = await json(world.edge, path.replaceAll(/\{.+?\}/g, '1'), {
        method: 'PATCH',
      })
      assert.deepEqual([status, headers.get('allow')], [405, allow], path)
    }
  })

  test('nothing that a stranger sends makes a 500', async () => {
    const odd = [
      '%00',
      '%ff',
      '%E2%80%AE',
      "'",
      '%22%3E%3Cscript%3E',
      '9'.repeat(500),
      '-1',
      '1e9',
      'null',
      '{}',
      '[]',
      '..%2f..%2f',
    ]
    for (const value of odd) {
      for (const path of [
        `works/${value}`,
        `works?q=${value}`,
        `works?cursor=${value}`,
        `works?limit=${value}`,
        `listings?workId=${value}`,
        `metadata/${value}`,
        `blobs/${value}`,
        `holdings?holder=${value}`,
        `trades?cursor=${value}`,
        `operators?workId=${value}`,
      ]) {
        const { status } = await fetch(`${world.edge.url}/v1/${path}`)
        assert.ok(status < 500, `${path}: ${status}`)
      }
    }
  })

  test('any page may read, and a preflight says so', async () => {
    const origin = 'https://somewhere.example'
    const read = await fetch(`${world.edge.url}/v1/works`, { headers: { origin } })
    assert.equal(read.headers.get('access-control-allow-origin'), '*')
    assert.equal(read.headers.get('access-control-allow-credentials'), null)
    const preflight = await fetch(`${world.edge.url}/v1/listings`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET,HEAD,POST')
  })
})

describe('metadata', () => {
  test('the id is taken as the standard writes it, in decimal, and with .json', async () => {
    const hex = BigInt(workId).toString(16).padStart(64, '0')
    for (const id of [hex, hex.toUpperCase(), `${hex}.json`, workId, `${workId}.json`]) {
      const { status, body } = await json(world.edge, `/v1/metadata/${id}`)
      assert.equal(status, 200, id)
      assert.deepEqual([tokenMetadata.parse(body).name, body.description], ['Named work', 'Said once.'])
    }
    assert.equal((await json(world.edge, '/v1/metadata/zz')).status, 400)
    assert.equal((await json(world.edge, `/v1/metadata/${'0'.repeat(63)}1`)).status, 404)
  })

  test('the addresses that the ledger gives to wallets lead here', async () => {
    const ask = (functionName: 'uri' | 'contractURI') =>
      world.publicClient.readContract({
        address: world.addresses.works,
        abi: worksAbi,
        functionName,
        args: functionName === 'uri' ? [BigInt(workId)] : [],
      } as Parameters<typeof world.publicClient.readContract>[0]) as Promise<string> // Safety: both answer a string.
    const uri = (await ask('uri')).replace('{id}', BigInt(workId).toString(16).padStart(64, '0'))
    assert.equal((await json(world.edge, new URL(uri).pathname)).body.name, 'Named work')
    const collection = await json(world.edge, new URL(await ask('contractURI')).pathname)
    assert.equal(contractMetadata.parse(collection.body).name, 'Grimoire')
  })
})

describe('the directory and the state of the edge', () => {
  test('operators are listed with bond, keys and prices; of a work only those that it lists', async () => {
    const { operators } = operatorsPage.parse((await json(world.edge, '/v1/operators')).body)
    const [row] = operators
    assert.deepEqual(
      [row?.operator, row?.paymentKey, row?.active, row?.bondAtomic, row?.prices.turnFeeAtomic],
      [people.operator.address, people.paymentKey.address, true, '100000000', '1000'],
    )
    assert.equal((await json(world.edge, `/v1/operators?workId=${workId}`)).body.operators.length, 1)
    assert.equal((await json(world.edge, '/v1/operators?workId=5')).body.operators.length, 0)
  })

  test('health and addresses have their shapes', async () => {
    assert.equal(edgeHealth.parse((await json(world.edge, '/v1/health')).body).status, 'ok')
    assert.deepEqual(ledgerAddresses.parse((await json(world.edge, '/v1/addresses')).body), world.addresses)
    const network = networkAnswer.parse((await json(world.edge, '/v1/network')).body)
    assert.deepEqual(network, { addresses: world.addresses, rpcUrls: [world.rpcUrl] })
  })

  test('a setting that cannot be used is named, in every answer, without being shown', async () => {
    const edge = await startEdge({
      ...world.edgeOptions,
      stateFolder: join(world.edgeOptions.stateFolder, 'second'),
      rpcUrl: 'ftp://user:secret@chain',
    })
    const { status, body } = await json(edge, '/v1/works')
    await edge.stop()
    assert.deepEqual([status, body.code, body.error.param], [500, 'config_invalid', 'RPC_URLS'])
    assert.doesNotMatch(JSON.stringify(body), /secret/)
  })
})

describe('the description', () => {
  test('OpenAPI 3.1 names every route, and nothing else', async () => {
    const { body } = await json(world.edge, '/openapi.json')
    assert.equal(body.openapi, '3.1.0')
    const described = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    )
    assert.deepEqual(described.sort(), [
      'DELETE /v1/favourites/{workId}',
      'DELETE /v1/session',
      'DELETE /v1/sessions',
      'DELETE /v1/uploads/{uploadId}',
      'DELETE /v1/webhooks/{webhookId}',
      'GET /ipfs/{cid}',
      'GET /v1/addresses',
      'GET /v1/blobs/{sha256}',
      'GET /v1/contract',
      'GET /v1/creators/{creator}',
      'GET /v1/earnings',
      'GET /v1/earnings/payments',
      'GET /v1/facets',
      'GET /v1/favourites',
      'GET /v1/health',
      'GET /v1/holders/{holder}',
      'GET /v1/holders/{holder}/activity',
      'GET /v1/holders/{holder}/orders',
      'GET /v1/holdings',
      'GET /v1/listings',
      'GET /v1/metadata/{id}',
      'GET /v1/moderation',
      'GET /v1/network',
      'GET /v1/offers',
      'GET /v1/operators',
      'GET /v1/operators/{operator}',
      'GET /v1/profiles/{wallet}',
      'GET /v1/relayer',
      'GET /v1/reports',
      'GET /v1/session',
      'GET /v1/sessions',
      'GET /v1/trades',
      'GET /v1/uploads/{uploadId}',
      'GET /v1/webhooks',
      'GET /v1/webhooks/{webhookId}/deliveries',
      'GET /v1/works',
      'GET /v1/works/{workId}',
      'GET /v1/works/{workId}/activity',
      'GET /v1/works/{workId}/card.png',
      'GET /v1/works/{workId}/children',
      'GET /v1/works/{workId}/match',
      'GET /v1/works/{workId}/openings',
      'GET /v1/works/{workId}/operators',
      'GET /v1/works/{workId}/prices',
      'POST /v1/index',
      'POST /v1/listings',
      'POST /v1/messages/buy',
      'POST /v1/messages/listing',
      'POST /v1/messages/mint',
      'POST /v1/messages/offer',
      'POST /v1/moderation',
      'POST /v1/offers',
      'POST /v1/relays',
      'POST /v1/reports',
      'POST /v1/session/renewal',
      'POST /v1/sessions',
      'POST /v1/sessions/nonce',
      'POST /v1/transactions/accept-offer',
      'POST /v1/transactions/allow',
      'POST /v1/transactions/buy',
      'POST /v1/transactions/cancel',
      'POST /v1/transactions/cancel-all',
      'POST /v1/transactions/gift',
      'POST /v1/transactions/mint',
      'POST /v1/transactions/open-copy',
      'POST /v1/transactions/withdraw',
      'POST /v1/uploads',
      'POST /v1/uploads/{uploadId}/complete',
      'POST /v1/webhooks',
      'POST /v1/works/{workId}/openings',
      'PUT /v1/blobs/{sha256}',
      'PUT /v1/favourites/{workId}',
      'PUT /v1/profile',
      'PUT /v1/uploads/{uploadId}/chunks/{chunk}',
    ])
  })
})

describe('too many writes', () => {
  test('are refused with when to come back, while reading goes on', async () => {
    const send = () => json(world.edge, '/v1/listings', post({}))
    let refusal = await send()
    for (let at = 0; at < WRITES && refusal.status !== 429; at++) refusal = await send()
    assert.deepEqual(
      [refusal.status, refusal.body.code, refusal.headers.get('retry-after')],
      [429, 'rate_limited', '60'],
    )
    assert.equal((await json(world.edge, '/v1/works')).status, 200)
  })
})
