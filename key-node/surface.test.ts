/** A key node's surface: limits, health, browsers, and logs and consoles that hold no secret. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openWork } from '@grimoire/seal/bundle'
import { gateCondition } from '@grimoire/seal/condition'
import { makeGrant, sessionAccess } from '@grimoire/seal/grant'
import { type CreatedWork, type KeyWorld, startKeyWorld } from './fixture.ts'
import { HANDSHAKE_PATH, SIGN_PATH } from './wire.ts'

let world: KeyWorld
let work: CreatedWork

before(async () => {
  world = await startKeyWorld()
  work = await world.createWork('sealed')
  await world.buy('holder', work.workId)
  await world.confirm()
})
after(() => world.stop())

const post = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(world.nodeUrl(0) + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })

async function codeOf(response: Response): Promise<unknown> {
  const { code, errorCode, status, message } = (await response.json()) as Record<string, unknown> // Safety: our own node's JSON.
  assert.equal(status, response.status)
  assert.equal(typeof errorCode, 'string')
  assert.equal(typeof message, 'string')
  return code
}

/** Runs `work` and returns everything that was written to the console, stdout and stderr. */
async function overheard(run: () => Promise<void>): Promise<string> {
  let text = ''
  const listen = (chunk: unknown): boolean => {
    text += String(chunk)
    return true
  }
  const streams = [process.stdout, process.stderr]
  const writes = streams.map(stream => stream.write)
  for (const stream of streams) stream.write = listen
  try {
    await run()
  } finally {
    streams.forEach((stream, i) => {
      const write = writes[i]
      if (write) stream.write = write
    })
  }
  return text
}

test('nothing secret reaches the console or the log while a work is opened', async () => {
  const network = world.network()
  const grant = await makeGrant({
    signer: world.accounts.holder,
    manifest: work.manifest,
    operator: world.accounts.operator.address,
    sessionKey: world.operatorKey.publicKey,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 3600,
    blockHash: await network.latestBlockHash(),
  })
  const shares: string[] = []
  const stockFetch = globalThis.fetch
  globalThis.fetch = async (...request) => {
    const response = await stockFetch(...request)
    const text = await response.clone().text()
    shares.push(...(/[0-9a-f]{194}/.exec(text) ?? []))
    return response
  }
  const said = await overheard(async () => {
    await openWork(work.manifest, work.fetchBlob, network, sessionAccess(grant, world.operatorKey))
  }).finally(() => {
    globalThis.fetch = stockFetch
  })
  assert.ok(shares.length >= 2)
  const secrets = [work.recovery.identity, grant.sig, world.operatorKey.secretKey.slice(2), ...shares]
  const everything = said + JSON.stringify(world.log)
  for (const secret of secrets) assert.ok(!everything.includes(secret))
  assert.doesNotMatch(everything, /signature from encrypt|AGE-SECRET|wants you to sign|ProofOfPossession/)
})

test('a log line holds the outcome, and never who asked or what they sent', async () => {
  await post(SIGN_PATH, JSON.stringify({ dataToEncryptHash: 'a secret of the caller' }))
  const keys = new Set(world.log.flatMap(line => Object.keys(line)))
  const allowed = new Set(['event', 'status', 'code', 'workId', 'epoch', 'tookMs', 'url'])
  assert.deepEqual(
    [...keys].filter(key => !allowed.has(key)),
    [],
  )
  assert.ok(!JSON.stringify(world.log).includes('a secret of the caller'))
})

test('a body over 64 KiB is refused, with and without its length told', async () => {
  assert.equal(await codeOf(await post(SIGN_PATH, 'x'.repeat(70_000))), 'body_too_large')
  const stream = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 9; i += 1) controller.enqueue(new TextEncoder().encode('x'.repeat(8_192)))
      controller.close()
    },
  })
  const request = {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  }
  const response = await fetch(world.nodeUrl(0) + SIGN_PATH, request as RequestInit) // Safety: fetch in Node wants `duplex`.
  assert.equal(await codeOf(response), 'body_too_large')
})

test('what is not JSON, not a request, or not a path is refused by name', async () => {
  assert.equal(await codeOf(await post(SIGN_PATH, '{')), 'request_invalid')
  assert.equal(await codeOf(await post(SIGN_PATH, '{}')), 'request_invalid')
  assert.equal(await codeOf(await post('/web/pkp/sign/', '{}')), 'not_found')
})

test('a condition that is not our Gate’s is refused before any signature is looked at', async () => {
  const { gate, dataToEncryptHash } = work.manifest.seal
  const [condition] = gateCondition({ gate, workId: work.workId, chainId: world.chainId })
  assert.ok(condition)
  const authSig = { sig: '0x00', derivedVia: 'web3.eth.personal.sign', signedMessage: '', address: gate }
  const ask = async (changes: object, more: object = {}): Promise<unknown> => {
    const body = {
      evmContractConditions: [{ ...condition, ...changes }],
      dataToEncryptHash,
      chain: 'ethereum',
      authSig,
      ...more,
    }
    return codeOf(await post(SIGN_PATH, JSON.stringify(body)))
  }
  assert.equal(await ask({ contractAddress: world.addresses.works }), 'network_refused')
  assert.equal(await ask({ functionName: 'works' }), 'network_refused')
  assert.equal(
    await ask({ functionParams: [world.accounts.holder.address, ':sessionKey', work.workId, '31337'] }),
    'network_refused',
  )
  assert.equal(
    await ask({ functionParams: [':userAddress', ':sessionKey', work.workId, '1'] }),
    'chain_wrong',
  )
  assert.equal(
    await ask({ returnValueTest: { key: '', comparator: '!=', value: 'true' } }),
    'network_refused',
  )
  const tooLarge = String(2n ** 256n)
  assert.equal(
    await ask({ functionParams: [':userAddress', ':sessionKey', tooLarge, '31337'] }),
    'network_refused',
  )
  assert.equal(await ask({ chain: 'base' }), 'chain_wrong')
  assert.equal(await ask({}, { accessControlConditions: [] }), 'request_invalid')
  assert.equal(await ask({}, { epoch: 9 }), 'request_invalid')
})

test('health tells which share of which network the node holds, and nothing of the share', async () => {
  const response = await fetch(`${world.nodeUrl(1)}/health`)
  const health = (await response.json()) as Record<string, unknown> // Safety: our own node's JSON.
  const { blockNumber, ...rest } = health
  assert.match(String(blockNumber), /^\d+$/)
  const { networkKey } = world.deal
  const expected = { status: 'ok', chainId: 31337, index: 2, total: 3, threshold: 2, epoch: 1, networkKey }
  assert.deepEqual(rest, expected)
})

test('a browser’s preflight is answered for any origin', async () => {
  const response = await fetch(world.nodeUrl(0) + HANDSHAKE_PATH, {
    method: 'OPTIONS',
    headers: {
      origin: 'http://market.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-lit-sdk-version,x-lit-sdk-type,x-request-id',
    },
  })
  assert.equal(response.status, 204)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('access-control-allow-headers') ?? '', /x-lit-sdk-version/)
})

test('an address that asks too often is told to wait, in the node’s own error shape', async () => {
  await world.stopNode(2)
  await world.startNode(2, { limits: { requestsPerSecond: 1, burst: 3, concurrent: 8 } })
  const statuses = await Promise.all(
    Array.from({ length: 6 }, async () => (await fetch(`${world.nodeUrl(2)}/health`)).status),
  )
  assert.equal(statuses.filter(status => status === 200).length, 3)
  assert.equal(statuses.filter(status => status === 429).length, 3)
})
