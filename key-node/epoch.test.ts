/** A change of key nodes: the network key stays, old shares serve those who still ask for them, new ones everyone else. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { openWork } from '@grimoire/seal/bundle'
import { makeOpening, makeSessionKey, sessionAccess } from '@grimoire/seal/grant'
import type { Access, KeyNetwork } from '@grimoire/seal/network'
import { createTestClient, http } from 'viem'
import { type Deal, dealForDevelopment, writeDeal } from './development-dealer.ts'
import { type CreatedWork, type KeyWorld, PASSPHRASE, startKeyWorld } from './fixture.ts'
import { HANDSHAKE_PATH } from './wire.ts'

const ANNOUNCEMENT_SECONDS = 15 * 86_400

let world: KeyWorld
let work: CreatedWork
let connectedBefore: KeyNetwork
let next: Deal
let nextFiles: string[]

before(async () => {
  world = await startKeyWorld()
  connectedBefore = world.network()
  work = await world.createWork('sealed', undefined, connectedBefore)
  await world.confirm()
  next = dealForDevelopment({ threshold: 2, total: 3, epoch: 2 }, world.deal.coefficients[0])
  nextFiles = writeDeal(next, join(world.folder, 'next'), PASSPHRASE)
})
after(() => world.stop())

async function access(): Promise<Access> {
  const blockHash = await world.network().latestBlockHash()
  const signer = world.accounts.creator
  const key = makeSessionKey()
  const { manifest } = work
  return sessionAccess(await makeOpening({ signer, manifest, sessionKey: key.publicKey, blockHash }), key)
}

/** The epoch that the first key node shows, and the key under which its shares verify. */
async function greeted(): Promise<unknown[]> {
  await new Promise(resolve => setTimeout(resolve, 1_100))
  const { epoch } = (await (await fetch(`${world.nodeUrl(0)}/health`)).json()) as Record<string, unknown> // Safety: our own node's JSON.
  const response = await fetch(world.nodeUrl(0) + HANDSHAKE_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ challenge: 'aa' }),
  })
  const { serverPublicKey } = (await response.json()) as Record<string, unknown> // Safety: as above.
  return [epoch, serverPublicKey]
}

async function change(endpoint?: string): Promise<void> {
  const { keyNetwork: address } = world.addresses
  const current = await world.publicClient.readContract({
    address,
    abi: keyNetworkAbi,
    functionName: 'keyNodes',
  })
  const nodes = current.map((node, i) => ({
    ...node,
    verificationKey: `0x${next.shares[i]?.about.verificationKey}`,
    // The ledger compares the texts; a client asks both at one place.
    ...(endpoint === undefined ? {} : { endpoint: endpoint + '/'.repeat(i) }),
  }))
  await world.write('deployer', { address, abi: keyNetworkAbi, functionName: 'announce', args: [nodes, 2n] })
  const clock = createTestClient({ mode: 'anvil', transport: http(world.rpcUrl) })
  await clock.increaseTime({ seconds: ANNOUNCEMENT_SECONDS + 1 })
  await clock.mine({ blocks: 1 })
  await world.write('deployer', { address, abi: keyNetworkAbi, functionName: 'activate', args: [] })
}

test('key nodes take the next epoch’s share beside this one’s before the change, and both ends open', async () => {
  for (const position of [0, 1, 2]) {
    await world.stopNode(position)
    const shareFiles = [world.shareFiles[position] ?? '', nextFiles[position] ?? '']
    await world.startNode(position, { shareFiles })
  }
  assert.equal((await openWork(work.manifest, work.fetchBlob, connectedBefore, await access())).length, 2)
  assert.deepEqual(await greeted(), [1, world.deal.shares[0]?.about.verificationKey])
})

test('after the change a client that connected before it and one that connects now both open', async () => {
  await change()
  const permitted = await access()
  assert.equal((await openWork(work.manifest, work.fetchBlob, connectedBefore, permitted)).length, 2)
  assert.equal((await openWork(work.manifest, work.fetchBlob, world.network(), permitted)).length, 2)
  assert.deepEqual(await greeted(), [2, next.shares[0]?.about.verificationKey])
})

test('a key node that holds the last epoch’s share only does not start', async () => {
  await world.stopNode(0)
  await assert.rejects(world.startNode(0), { code: 'share_invalid', message: /epoch 1.*epoch 2/ })
})

test('a key node with a share that the registry does not name for its place does not start', async () => {
  const strangers = writeDeal(
    dealForDevelopment({ threshold: 2, total: 3, epoch: 2 }, world.deal.coefficients[0]),
    join(world.folder, 'strangers'),
    PASSPHRASE,
  )
  await assert.rejects(world.startNode(0, { shareFiles: [strangers[0] ?? ''] }), {
    code: 'share_invalid',
    message: /not the registered one/,
  })
  const otherNetwork = writeDeal(
    dealForDevelopment({ threshold: 2, total: 3, epoch: 2 }),
    join(world.folder, 'other'),
    PASSPHRASE,
  )
  await assert.rejects(world.startNode(0, { shareFiles: [otherNetwork[0] ?? ''] }), {
    code: 'network_key_mismatch',
  })
})

test('a registry that names two key nodes under one endpoint is refused by name', async () => {
  await change('http://127.0.0.1:1')
  const secret = new Uint8Array(8)
  const request = { workId: '1', chainId: world.chainId, gate: world.addresses.gate, secret }
  await assert.rejects(world.network().wrapKey(request), { code: 'network_lying', message: /one endpoint/ })
})
