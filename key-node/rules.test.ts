/** What a key node refuses, asked directly on its wire: grants, sessions and chain facts, each with its own reason. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type AuthSig, GRANT_DOMAIN, grantStatement } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { gateCondition, RESOURCE_PREFIX } from '@grimoire/seal/condition'
import { makeGrant, makeSessionKey, manifestResource } from '@grimoire/seal/grant'
import type { SessionKey } from '@grimoire/seal/network'
import { SESSION_URI, type SiweFields, siweText } from '@grimoire/seal/siwe'
import { ed25519 } from '@noble/curves/ed25519'
import { type CreatedWork, type KeyWorld, type Role, startKeyWorld } from './fixture.ts'
import { SIGN_PATH } from './wire.ts'

const DAY_SECONDS = 86_400
const MINIMUM_BOND_ATOMIC = 100_000_000n
const now = (): number => Math.floor(Date.now() / 1000)

let world: KeyWorld
let work: CreatedWork
let blockHash: Hex

before(async () => {
  world = await startKeyWorld()
  await world.registerOperator('otherOperator')
  const { operator, otherOperator } = world.accounts
  work = await world.createWork('sealed', [operator.address, otherOperator.address])
  await world.buy('holder', work.workId)
  await world.confirm()
  blockHash = await world.network().latestBlockHash()
})
after(() => world.stop())

type Ask = {
  key?: SessionKey
  node?: number
  nodeAddress?: string
  resource?: string
  expiresInSeconds?: number
  of?: CreatedWork
}

function sessionSig(grant: AuthSig, ask: Ask) {
  const { key = world.operatorKey, node = 0, of = work } = ask
  const publicKey = key.publicKey.slice(2)
  const signedMessage = JSON.stringify({
    sessionKey: publicKey,
    resourceAbilityRequests: [
      {
        resource: {
          resource: ask.resource ?? manifestResource(of.manifest),
          resourcePrefix: RESOURCE_PREFIX,
        },
        ability: 'access-control-condition-decryption',
      },
    ],
    capabilities: [grant],
    issuedAt: new Date().toISOString(),
    expiration: new Date((now() + (ask.expiresInSeconds ?? 600)) * 1000).toISOString(),
    nodeAddress: ask.nodeAddress ?? world.nodeUrl(node),
  })
  const sig = Buffer.from(ed25519.sign(Buffer.from(signedMessage), key.secretKey.slice(2))).toString('hex')
  return { sig, derivedVia: 'litSessionSignViaNacl', signedMessage, address: publicKey, algo: 'ed25519' }
}

async function post(
  authSig: object,
  of = work,
  changes: object = {},
): Promise<{ status: number; code: string }> {
  const { gate, dataToEncryptHash } = of.manifest.seal
  const condition = gateCondition({ gate, workId: of.workId, chainId: world.chainId })
  const body = {
    evmContractConditions: condition,
    dataToEncryptHash,
    chain: 'ethereum',
    authSig,
    epoch: 1,
    ...changes,
  }
  const response = await fetch(world.nodeUrl(0) + SIGN_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const said = (await response.json()) as { code?: string } // Safety: our own node's JSON.
  return { status: response.status, code: said.code ?? 'opened' }
}

const ask = async (grant: AuthSig, options: Ask = {}): Promise<string> =>
  (await post(sessionSig(grant, options), options.of)).code

/** A grant as `makeGrant` writes it, but for what the test changes. */
async function signed(changes: Partial<SiweFields> = {}, signer: Role = 'holder'): Promise<AuthSig> {
  const issuedAtSeconds = now()
  const expiresAtSeconds = changes.expiresAtSeconds ?? issuedAtSeconds + DAY_SECONDS
  const statement = grantStatement({
    workId: work.workId,
    version: 1,
    operator: world.accounts.operator.address,
    expiresAtSeconds,
  })
  const account = world.accounts[signer]
  const signedMessage = siweText({
    domain: GRANT_DOMAIN,
    holder: account.address,
    statement,
    uri: SESSION_URI + world.operatorKey.publicKey.slice(2),
    chainId: world.chainId,
    nonce: blockHash,
    issuedAtSeconds,
    resource: manifestResource(work.manifest),
    ...changes,
    expiresAtSeconds,
  })
  const sig = await account.signMessage({ message: signedMessage })
  return { sig, derivedVia: 'web3.eth.personal.sign', signedMessage, address: account.address }
}

const grantFor = (role: Role, operator: Role, key: SessionKey, of = work, version = 1): Promise<AuthSig> =>
  makeGrant({
    signer: world.accounts[role],
    manifest: { ...of.manifest, version },
    operator: world.accounts[operator].address,
    sessionKey: key.publicKey,
    expiresAtSeconds: now() + DAY_SECONDS,
    blockHash,
  })

test('a grant as it should be opens', async () => {
  assert.equal(await ask(await signed()), 'opened')
  assert.equal(await ask(await grantFor('holder', 'operator', world.operatorKey)), 'opened')
})

test('an operator without a holder’s grant is refused', async () => {
  assert.equal(await ask(await grantFor('operator', 'operator', world.operatorKey)), 'network_refused')
})

test('a grant by someone who does not hold the work is refused', async () => {
  assert.equal(await ask(await grantFor('stranger', 'operator', world.operatorKey)), 'network_refused')
})

test('a grant to a key that is no operator’s is refused', async () => {
  const key = makeSessionKey()
  assert.equal(await ask(await grantFor('holder', 'operator', key), { key }), 'grant_operator_unknown')
})

test('a grant that names another operator than the key’s is refused', async () => {
  assert.equal(
    await ask(await grantFor('holder', 'otherOperator', world.operatorKey)),
    'grant_operator_unknown',
  )
})

test('a session signed by another key than the granted one is refused', async () => {
  assert.equal(await ask(await signed(), { key: world.otherOperatorKey }), 'grant_other_node')
  const stolen = { publicKey: world.operatorKey.publicKey, secretKey: world.otherOperatorKey.secretKey }
  assert.equal(await ask(await signed(), { key: stolen }), 'grant_invalid')
})

test('a grant for * is refused', async () => {
  assert.equal(await ask(await signed({ resource: '*' })), 'grant_wildcard')
  assert.equal(await ask(await signed(), { resource: '*' }), 'grant_wildcard')
})

test('a grant for another work is refused', async () => {
  const other = await world.createWork('sealed')
  await world.buy('holder', other.workId)
  await world.confirm()
  const grant = await grantFor('holder', 'operator', world.operatorKey, other)
  assert.equal(await ask(grant), 'grant_invalid')
  assert.equal(await ask(grant, { of: other }), 'opened')
})

test('a grant whose words name another work than its resource is refused', async () => {
  const about = {
    workId: '7',
    version: 1,
    operator: world.accounts.operator.address,
    expiresAtSeconds: now() + DAY_SECONDS,
  }
  const { expiresAtSeconds } = about
  assert.equal(
    await ask(await signed({ statement: grantStatement(about), expiresAtSeconds })),
    'grant_invalid',
  )
})

test('a grant for a version that is not published is refused', async () => {
  assert.equal(await ask(await grantFor('holder', 'operator', world.operatorKey, work, 2)), 'version_unknown')
})

test('a grant with a changed statement, domain or expiry is refused', async () => {
  assert.equal(await ask(await signed({ domain: 'localhost' })), 'grant_invalid')
  assert.equal(await ask(await signed({ domain: 'evil.example' })), 'grant_invalid')
  assert.equal(await ask(await signed({ statement: 'Claim your free airdrop.' })), 'grant_missing')
  const longer = await signed()
  assert.equal(
    await ask({ ...longer, signedMessage: longer.signedMessage.replace('version 1', 'version 2') }),
    'grant_invalid',
  )
})

test('an expired, a too long and a future grant are refused', async () => {
  assert.equal(
    await ask(await signed({ issuedAtSeconds: now() - 60, expiresAtSeconds: now() - 1 })),
    'grant_expired',
  )
  assert.equal(await ask(await signed({ expiresAtSeconds: now() + 31 * DAY_SECONDS })), 'grant_too_long')
  assert.equal(await ask(await signed({ issuedAtSeconds: now() + 600 })), 'grant_invalid')
})

test('a grant whose nonce is no block of this chain is refused', async () => {
  assert.equal(await ask(await signed({ nonce: `0x${'22'.repeat(32)}` })), 'grant_invalid')
  assert.equal(await ask(await signed({ nonce: 'abcdefgh12345678' })), 'grant_invalid')
})

test('a grant whose nonce is a block of more than an hour before its issue is refused', async () => {
  const first = await world.publicClient.getBlock({ blockNumber: 0n })
  assert.ok(now() - Number(first.timestamp) > 3_600)
  assert.equal(await ask(await signed({ nonce: first.hash })), 'grant_invalid')
})

test('a session signature of another key node, or of a day and more, is refused', async () => {
  assert.equal(await ask(await signed(), { nodeAddress: world.nodeUrl(1) }), 'grant_other_node')
  assert.equal(await ask(await signed(), { expiresInSeconds: 2 * DAY_SECONDS }), 'grant_too_long')
  assert.equal(await ask(await signed(), { expiresInSeconds: -5 }), 'grant_expired')
})

test('a bonded operator whom the work does not admit is refused', async () => {
  const listed = await world.createWork('sealed')
  await world.buy('holder', listed.workId)
  await world.confirm()
  const grant = await grantFor('holder', 'otherOperator', world.otherOperatorKey, listed)
  assert.equal(await ask(grant, { key: world.otherOperatorKey, of: listed }), 'network_refused')
})

test('an admitted operator whose bond is below the minimum is refused under a good grant, until it is filled up', async () => {
  const key = makeSessionKey()
  const { stranger } = world.accounts
  const { operators } = world.addresses
  const prices = { turnFeeAtomic: 1, inputPerMillionBytesAtomic: 1, outputPerMillionBytesAtomic: 1 }
  const paymentKey: Hex = `0x${'77'.repeat(20)}`
  const args = ['http://127.0.0.1:8081', key.publicKey, paymentKey, prices, MINIMUM_BOND_ATOMIC - 1n]
  await world.fund('stranger', MINIMUM_BOND_ATOMIC, operators)
  const write = (functionName: string, args: unknown[]) =>
    world.write('stranger', { address: operators, abi: operatorsAbi, functionName, args })
  await write('register', args)
  const listed = await world.createWork('sealed', [stranger.address])
  await world.buy('holder', listed.workId)
  await world.confirm()
  const grant = await grantFor('holder', 'stranger', key, listed)
  assert.equal(await ask(grant, { key, of: listed }), 'network_refused')
  await write('addBond', [1n])
  await world.confirm()
  assert.equal(await ask(grant, { key, of: listed }), 'opened')
})

test('an admitted operator loses access in the block in which it begins to unbond', async () => {
  const grant = await grantFor('holder', 'otherOperator', world.otherOperatorKey)
  assert.equal(await ask(grant, { key: world.otherOperatorKey }), 'opened')
  const { operators } = world.addresses
  await world.write('otherOperator', {
    address: operators,
    abi: operatorsAbi,
    functionName: 'beginUnbonding',
    args: [],
  })
  assert.equal(await ask(grant, { key: world.otherOperatorKey }), 'network_refused')
})

test('a fresh buyer waits one block, and a seller is shut out in the block of the sale', async () => {
  const traded = await world.createWork('sealed')
  await world.buy('holder', traded.workId)
  const grant = await grantFor('holder', 'operator', world.operatorKey, traded)
  assert.equal(await ask(grant, { of: traded }), 'not_confirmed')
  await world.confirm()
  assert.equal(await ask(grant, { of: traded }), 'opened')
  const { holder, stranger } = world.accounts
  const args = [holder.address, stranger.address, BigInt(traded.workId), 1n, '0x']
  await world.write('holder', {
    address: world.addresses.works,
    abi: worksAbi,
    functionName: 'safeTransferFrom',
    args,
  })
  assert.equal(await ask(grant, { of: traded }), 'network_refused')
})

test('a revoked grant is refused, whatever time of issue it claims, and one that the holder signs later opens', async () => {
  const { hash: nonce } = await world.publicClient.getBlock()
  const grant = await signed({ nonce })
  const later = await signed({ nonce, issuedAtSeconds: now() + 30 })
  assert.deepEqual([await ask(grant), await ask(later)], ['opened', 'opened'])
  const { timestamp } = await world.publicClient.getBlock()
  await new Promise(resolve => setTimeout(resolve, 1_100))
  await world.write('holder', {
    address: world.addresses.works,
    abi: worksAbi,
    functionName: 'revokeGrantsBefore',
    args: [timestamp + 1n],
  })
  assert.deepEqual([await ask(grant), await ask(later)], ['grant_revoked', 'grant_revoked'])
  // Blocks that are mined at once may share a second: a later grant is one whose block is of a later one.
  await new Promise(resolve => setTimeout(resolve, 2_100))
  await world.confirm()
  const issuedAtSeconds = Math.max(now(), Number(timestamp) + 2)
  const { hash } = await world.publicClient.getBlock()
  assert.equal(await ask(await signed({ nonce: hash, issuedAtSeconds })), 'opened')
})
