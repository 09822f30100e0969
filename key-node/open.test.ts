/** The three ways of Lit's protocol into a sealed work, and who is let in by each. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { GRANT_DOMAIN } from '@grimoire/schema/grant'
import { Problem } from '@grimoire/schema/problem'
import { openWork, readManifest } from '@grimoire/seal/bundle'
import { makeAuthSig, makeGrant, makeOpening, makeSessionKey, sessionAccess } from '@grimoire/seal/grant'
import type { Access, KeyNetwork, SessionKey } from '@grimoire/seal/network'
import { type CreatedWork, type KeyWorld, type Role, startKeyWorld } from './fixture.ts'

let world: KeyWorld
let network: KeyNetwork
let sealed: CreatedWork
let openable: CreatedWork

before(async () => {
  world = await startKeyWorld()
  network = world.network()
  sealed = await world.createWork('sealed', undefined, network)
  openable = await world.createWork('openable', undefined, network)
  await world.buy('holder', sealed.workId)
  await world.buy('holder', openable.workId)
  await world.openCopy('holder', openable.workId)
  await world.confirm()
})
after(() => world.stop())

async function granted(work: CreatedWork, role: Role, key: SessionKey, operator: Role): Promise<Access> {
  const grant = await makeGrant({
    signer: world.accounts[role],
    manifest: work.manifest,
    operator: world.accounts[operator].address,
    sessionKey: key.publicKey,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 3600,
    blockHash: await network.latestBlockHash(),
  })
  return sessionAccess(grant, key)
}

const authSigOf = async (work: CreatedWork, role: Role, domain = 'localhost'): Promise<Access> => ({
  kind: 'authSig',
  authSig: await makeAuthSig({
    signer: world.accounts[role],
    manifest: work.manifest,
    domain,
    blockHash: await network.latestBlockHash(),
  }),
})

async function openingOf(work: CreatedWork, role: Role): Promise<Access> {
  const sessionKey = makeSessionKey()
  const blockHash = await network.latestBlockHash()
  const grant = await makeOpening({
    signer: world.accounts[role],
    manifest: work.manifest,
    sessionKey: sessionKey.publicKey,
    blockHash,
  })
  return sessionAccess(grant, sessionKey)
}

async function opens(work: CreatedWork, access: Access): Promise<void> {
  const manifest = readManifest(work.manifestBytes, work.contentHash)
  const parts = await openWork(manifest, work.fetchBlob, network, access)
  assert.deepEqual(
    parts.map(part => Buffer.from(part.bytes)),
    work.parts.map(part => Buffer.from(part.bytes)),
  )
}

async function refuses(work: CreatedWork, access: Access, code: string): Promise<void> {
  await assert.rejects(openWork(work.manifest, work.fetchBlob, network, access), error => {
    assert.ok(error instanceof Problem, String(error))
    assert.equal(error.code, code, error.message)
    return true
  })
}

test('an admitted, bonded operator opens a sealed work under its holder’s grant', async () => {
  await opens(sealed, await granted(sealed, 'holder', world.operatorKey, 'operator'))
})

test('the creator reads the own work with a session, which is bound to each key node, and with nothing less', async () => {
  await opens(sealed, await openingOf(sealed, 'creator'))
  await refuses(sealed, await authSigOf(sealed, 'creator'), 'network_refused')
  await refuses(openable, await authSigOf(openable, 'creator'), 'network_refused')
})

test('a plain wallet signature for one opened copy opens no other of the same wallet', async () => {
  const other = await world.createWork('openable', undefined, network)
  await world.buy('holder', other.workId)
  await world.openCopy('holder', other.workId)
  await world.confirm()
  await opens(other, await authSigOf(other, 'holder'))
  await refuses(other, await authSigOf(openable, 'holder'), 'grant_invalid')
})

test('no page can ask for a plain wallet signature in the name of grants', async () => {
  await refuses(openable, await authSigOf(openable, 'holder', GRANT_DOMAIN), 'grant_invalid')
})

test('an opened copy’s holder passes with no session key and with any', async () => {
  await opens(openable, await authSigOf(openable, 'holder'))
  await opens(openable, await openingOf(openable, 'holder'))
  await opens(openable, await granted(openable, 'holder', world.operatorKey, 'operator'))
})

test('the holder of a sealed work who asks for themselves is refused', async () => {
  await refuses(sealed, await authSigOf(sealed, 'holder'), 'network_refused')
  await refuses(sealed, await openingOf(sealed, 'holder'), 'network_refused')
})

test('a stranger is refused', async () => {
  await refuses(sealed, await authSigOf(sealed, 'stranger'), 'network_refused')
  await refuses(openable, await openingOf(openable, 'stranger'), 'network_refused')
})
