/** Proof of opening: signed for a creator under their own grant, over paid samples, and believed only where the ledger agrees. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { checkOpening, findOpenings } from '@grimoire/client/check-opening'
import { createMarket, type Market } from '@grimoire/client/market'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import {
  type OpeningSample,
  openingTypedData,
  type SignedOpening,
  signedOpening,
} from '@grimoire/schema/opening'
import { isProblem } from '@grimoire/schema/problem'
import { createPublicClient, createTestClient, http } from 'viem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import type { Payer } from '../till/fixture.ts'

let world: NodeWorld
let node: InferenceNode
let work: TestWork
let market: Market
let payer: Payer
const grants: Record<string, string> = {}

before(async () => {
  world = await NodeWorld.start()
  const { addresses, publicClient } = world.keys
  market = createMarket({ addresses, publicClient, edgeUrl: world.edgeUrl })
  work = await world.publish('chatbot', CARD, { adapter: true })
  await world.buy('holder', work)
  await world.keys.fund('creator', 5_000_000n, addresses.works)
  node = await startInferenceNode(world.config(), { log: logNothing })
  for (const role of ['creator', 'holder'] as const) {
    const given = await world.grant(node.url, role, work)
    grants[role] = (await given.json()).id
  }
  payer = world.payer('creator')
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

async function sampleOf(who: Payer, content = 'Who are you?'): Promise<OpeningSample> {
  const request = {
    ...{ stream: true, temperature: 0, model: work.model, max_tokens: 8 },
    messages: [{ role: 'user', content }],
  }
  const { text: output, tail, problem } = await who.ask(node.url, request)
  assert.ok(tail, JSON.stringify(problem))
  return { request, output, receipt: tail.receipt, signature: tail.signature }
}

async function prove(samples: OpeningSample[], changes: { model?: string; grantId?: string } = {}) {
  const body = { model: work.model, grantId: grants.creator, samples, ...changes }
  const response = await fetch(`${node.url}/v1/openings`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
  })
  return response.json()
}

const refused = (proof: SignedOpening, param: string) =>
  assert.rejects(checkOpening(market, proof), (error: unknown) => {
    assert.ok(isProblem(error, 'opening_invalid'), String(error))
    assert.equal(error.details.param, param)
    return true
  })

test('a creator who holds no edition has a node prove that it opens the version, and anyone can check that by the chain', async () => {
  const samples = [await sampleOf(payer), await sampleOf(payer, 'And where do you live?')]
  const proof = signedOpening.parse(await prove(samples))
  await checkOpening(market, proof)
  const { opening } = proof
  assert.equal(opening.baseModelSha256, world.baseSha256)
  assert.deepEqual(
    opening.partHashes,
    work.manifest.parts.map(part => part.sha256),
  )
  assert.equal(proof.samples.length, 2)
})

test('a proof with one word changed is refused, and the changed one is named', async () => {
  const proof = signedOpening.parse(await prove([await sampleOf(payer)]))
  const [sample] = proof.samples
  assert.ok(sample)
  const { opening } = proof
  const cases: [SignedOpening, string][] = [
    [{ ...proof, opening: { ...opening, contentHash: 'a'.repeat(64) } }, 'contentHash'],
    [{ ...proof, opening: { ...opening, baseModelSha256: 'b'.repeat(64) } }, 'baseModelSha256'],
    [{ ...proof, opening: { ...opening, partHashes: ['c'.repeat(64)] } }, 'partHashes'],
    [{ ...proof, opening: { ...opening, chainId: 1 } }, 'chainId'],
    [{ ...proof, opening: { ...opening, engineBuild: 'another' } }, 'signature'],
    [{ ...proof, opening: { ...opening, openedAtSeconds: 1 } }, 'signature'],
    [{ ...proof, opening: { ...opening, operator: world.keys.accounts.stranger.address } }, 'operator'],
    [{ ...proof, samples: [{ ...sample, output: `${sample.output}!` }] }, 'samples.0.outputHash'],
    [
      { ...proof, samples: [{ ...sample, request: { ...sample.request, seed: 7 } }] },
      'samples.0.requestHash',
    ],
    [
      { ...proof, samples: [{ ...sample, receipt: { ...sample.receipt, outputTokens: 99 } }] },
      'sampleReceiptHashes',
    ],
  ]
  for (const [changed, param] of cases) await refused(changed, param)
  // Signed by someone who is not the operator: what a dishonest edge could make.
  const { stranger } = world.keys.accounts
  await refused({ ...proof, signature: await stranger.signTypedData(openingTypedData(opening)) }, 'signature')
})

test('a holder’s grant, another’s samples, none and too many prove nothing', async () => {
  const sample = await sampleOf(payer)
  assert.equal((await prove([sample], { grantId: grants.holder ?? '' })).code, 'grant_other_payer')
  assert.equal((await prove([sample], { grantId: 'none' })).code, 'grant_missing')
  assert.equal((await prove([])).code, 'request_invalid')
  assert.equal((await prove([sample, sample, sample, sample])).code, 'request_invalid')
  assert.equal((await prove([{ ...sample, output: 'What it never said' }])).code, 'opening_invalid')
  const stranger = await sampleOf(world.payer('holder'))
  const refusal = await prove([stranger])
  assert.deepEqual([refusal.code, refusal.error?.param], ['opening_invalid', 'samples.0.holder'])
  const other = await world.publish('chatbot', CARD)
  assert.equal((await prove([sample], { model: other.model })).code, 'grant_missing')
})

/** An edge that has these proofs, counts what it is asked for, and passes blobs on. */
async function edgeWith(openings: SignedOpening[]) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    if (path.endsWith('/openings')) return void response.end(JSON.stringify({ openings }))
    void fetch(world.edgeUrl + path)
      .then(blob => blob.arrayBuffer())
      .then(bytes => response.end(new Uint8Array(bytes)))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // Safety: it listens on a TCP port.
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { market: { ...market, edgeUrl: `http://127.0.0.1:${port}` }, asked, stop }
}

test('of many proofs those that do not hold are left out, over one reading of the manifest; an unreachable chain is no answer', async () => {
  const good = signedOpening.parse(await prove([await sampleOf(payer)]))
  const { stranger } = world.keys.accounts
  const forged = { ...good, signature: await stranger.signTypedData(openingTypedData(good.opening)) }
  const edge = await edgeWith([forged, good, good])
  try {
    const version = { workId: work.workId, version: 1 }
    assert.deepEqual(await findOpenings(edge.market, version), [good, good])
    assert.equal(edge.asked.filter(path => path.startsWith('/v1/blobs/')).length, 1)
    const nowhere = createPublicClient({ transport: http('http://127.0.0.1:9', { retryCount: 0 }) })
    await assert.rejects(findOpenings({ ...edge.market, publicClient: nowhere }, version), (error: unknown) =>
      isProblem(error, 'chain_unreachable'),
    )
  } finally {
    edge.stop()
  }
})

test('a proof does not hold while its operator unbonds, nor once the work admits it no more', async () => {
  const good = signedOpening.parse(await prove([await sampleOf(payer)]))
  const { addresses, accounts, rpcUrl } = world.keys
  const bond = (functionName: 'beginUnbonding' | 'cancelUnbonding') =>
    world.keys.write('operator', { address: addresses.operators, abi: operatorsAbi, functionName, args: [] })
  const refusedAs = (code: 'not_bonded' | 'not_admitted') =>
    assert.rejects(checkOpening(market, good), (error: unknown) => isProblem(error, code))
  await bond('beginUnbonding')
  await refusedAs('not_bonded')
  await bond('cancelUnbonding')
  await checkOpening(market, good)
  await world.keys.write('creator', {
    ...{ address: addresses.admissions, abi: admissionsAbi, functionName: 'setAdmitted' },
    args: [BigInt(work.workId), accounts.operator.address, false],
  })
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await chain.increaseTime({ seconds: 8 * 86_400 })
  await chain.mine({ blocks: 1 })
  await refusedAs('not_admitted')
})
