/** Key nodes that are dead, hung or lying: an opening goes on while enough honest ones answer, and says so when not. */
import assert from 'node:assert/strict'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { after, afterEach, before, test } from 'node:test'
import { Problem } from '@grimoire/schema/problem'
import { openWork } from '@grimoire/seal/bundle'
import { identityOf } from '@grimoire/seal/condition'
import { makeOpening, makeSessionKey, manifestResource, sessionAccess } from '@grimoire/seal/grant'
import { litNetwork } from '@grimoire/seal/lit'
import type { Access } from '@grimoire/seal/network'
import { publicKeyOf, shareOfKey } from './bls.ts'
import { type CreatedWork, type KeyWorld, startKeyWorld } from './fixture.ts'
import { HANDSHAKE_PATH, SIGN_PATH } from './wire.ts'

let world: KeyWorld
let work: CreatedWork
let access: Access
const impostors: Server[] = []

before(async () => {
  world = await startKeyWorld()
  const network = world.network()
  work = await world.createWork('sealed', undefined, network)
  await world.confirm()
  const blockHash = await network.latestBlockHash()
  const key = makeSessionKey()
  const { manifest } = work
  const signer = world.accounts.creator
  access = sessionAccess(await makeOpening({ signer, manifest, sessionKey: key.publicKey, blockHash }), key)
})
afterEach(async () => {
  for (const impostor of impostors.splice(0)) {
    impostor.closeAllConnections()
    await new Promise(resolve => impostor.close(resolve))
  }
  for (const position of [0, 1, 2]) if (!world.nodes[position]) await world.startNode(position)
})
after(() => world.stop())

type Answer = (path: string, body: string, response: ServerResponse) => void | Promise<void>

/** Stops the real node and listens in its place. */
async function impersonate(position: number, answer: Answer): Promise<void> {
  await world.stopNode(position)
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => void answer(request.url ?? '', body, response))
  })
  impostors.push(server)
  await new Promise<void>(resolve => server.listen(world.ports[position], '127.0.0.1', resolve))
}

const send = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

const askNode = async (position: number, path: string, body: string): Promise<Record<string, unknown>> => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(world.nodeUrl(position) + path, { method: 'POST', headers, body })
  return (await response.json()) as Record<string, unknown> // Safety: our own node's JSON.
}

/** Greets as an honest node does, and answers for its share as the test says. */
const liar = (share: (body: string) => unknown): Answer => {
  return async (path, body, response) =>
    send(response, path === HANDSHAKE_PATH ? await askNode(0, path, body) : await share(body))
}

/** Time enough on any machine: nothing below waits for it but what hangs. */
const PATIENT_MS = 10_000

async function stillOpens(timeoutMs = PATIENT_MS): Promise<void> {
  const parts = await openWork(work.manifest, work.fetchBlob, world.network(timeoutMs), access)
  assert.deepEqual(
    parts.map(part => part.name),
    work.parts.map(part => part.name),
  )
}

async function failsWith(code: string, timeoutMs = PATIENT_MS): Promise<Problem> {
  const error = await openWork(work.manifest, work.fetchBlob, world.network(timeoutMs), access).then(
    () => null,
    problem => problem,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.code, code, error.message)
  return error
}

const identity = (): string => identityOf(manifestResource(work.manifest))
/** What the first key node would answer. */
const neighbours = (): string => shareOfKey(world.deal.shares[0]?.secret ?? 0n, 1, identity())
const proof = (value: string) => ({
  result: 'success',
  signatureShare: { ProofOfPossession: value },
  shareIndex: 0,
})

test('a dead key node does not stop an opening', async () => {
  await world.stopNode(2)
  await stillOpens()
})

test('a hung key node does not stop an opening, nor hold it up for its time limit', async () => {
  await impersonate(2, () => {})
  const startedMs = performance.now()
  await stillOpens(20_000)
  assert.ok(performance.now() - startedMs < 10_000)
})

test('a key node that hangs only after its greeting does not stop an opening', async () => {
  await impersonate(2, (path, body, response) => {
    if (path === HANDSHAKE_PATH) void askNode(0, path, body).then(answer => send(response, answer))
  })
  await stillOpens(20_000)
})

const lies: Record<string, () => Answer> = {
  'a well-formed share of another key': () => liar(() => proof(shareOfKey(9n, 3, identity()))),
  'an empty answer': () => liar(() => ({})),
  'a neighbour’s share': () => liar(() => proof(neighbours())),
  'a neighbour’s share under its own index': () => liar(() => proof(`03${neighbours().slice(2)}`)),
  'what a neighbour says to the request that was for itself': () => liar(body => askNode(0, SIGN_PATH, body)),
  'a share that is no curve point': () => liar(() => proof(`03${'ff'.repeat(96)}`)),
  'the point at infinity': () => liar(() => proof(`03c0${'00'.repeat(95)}`)),
  'text that is not JSON': () => (_path, _body, response) => void response.end('<html>'),
  'an endless answer': () => (_path, _body, response) => void response.end('x'.repeat(1_000_000)),
  'another public key': () => (path, body, response) =>
    void askNode(0, path, body).then(answer =>
      send(response, { ...answer, subnetPublicKey: publicKeyOf(7n) }),
    ),
  'a redirect to another host': () => (_path, _body, response) =>
    void response.writeHead(307, { location: 'http://example.invalid/' }).end(),
}

for (const [lie, answer] of Object.entries(lies))
  test(`a key node that sends ${lie} does not stop an opening`, async () => {
    await impersonate(2, answer())
    await stillOpens()
  })

test('one honest key node of three, with threshold two, opens nothing, and the error counts them', async () => {
  await world.stopNode(1)
  await world.stopNode(2)
  const error = await failsWith('network_too_few_nodes')
  assert.match(error.message, /1 of 3/)
  assert.match(error.message, /at least 2 of 3/)
})

test('one hung and one dead key node end in an error, not in waiting for ever', async () => {
  await world.stopNode(1)
  await impersonate(2, () => {})
  await failsWith('network_too_few_nodes', 500)
})

test('two lying key nodes are named as lying', async () => {
  await impersonate(
    1,
    liar(() => proof(shareOfKey(9n, 2, identity()))),
  )
  await impersonate(
    2,
    liar(() => ({})),
  )
  const error = await failsWith('network_lying')
  assert.match(error.message, /does not verify/)
})

test('key nodes that agree on another public key than the chain pins are refused', async () => {
  const otherKey: Answer = (path, body, response) =>
    void askNode(0, path, body).then(answer =>
      send(response, { ...answer, subnetPublicKey: publicKeyOf(7n) }),
    )
  await impersonate(1, otherKey)
  await impersonate(2, otherKey)
  await failsWith('network_key_mismatch')
})

test('a network whose every node is dead refuses to seal as well', async () => {
  for (const position of [0, 1, 2]) await world.stopNode(position)
  const { works, gate } = world.addresses
  const request = { workId: '1', chainId: world.chainId, gate, secret: new Uint8Array(8), works }
  await assert.rejects(world.network(PATIENT_MS).wrapKey(request), { code: 'network_too_few_nodes' })
})

test('a node that comes back is used again without a new client', async () => {
  const network = world.network(PATIENT_MS)
  await openWork(work.manifest, work.fetchBlob, network, access)
  await world.stopNode(1)
  await world.stopNode(2)
  await assert.rejects(openWork(work.manifest, work.fetchBlob, network, access), {
    code: 'network_too_few_nodes',
  })
  await world.startNode(1)
  await openWork(work.manifest, work.fetchBlob, network, access)
})

test('a chain that does not answer is named, not the key nodes', async () => {
  const { keyNetwork } = world.addresses
  const network = litNetwork({ chainId: world.chainId, keyNetwork, rpcUrl: 'http://127.0.0.1:1' })
  await assert.rejects(openWork(work.manifest, work.fetchBlob, network, access), {
    code: 'chain_unreachable',
  })
  await network.close()
})
