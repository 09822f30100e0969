/** Wire compatibility: Lit's unmodified client seals and opens against our key nodes, in its own three ways. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { GRANT_DOMAIN } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { gateCondition, litChainName, resourceOf } from '@grimoire/seal/condition'
import { makeSessionKey } from '@grimoire/seal/grant'
import {
  createSiweMessage,
  createSiweMessageWithRecaps,
  generateAuthSig,
  LitAccessControlConditionResource,
} from '@lit-protocol/auth-helpers'
import { LitNodeClient } from '@lit-protocol/lit-node-client'
import { ethers } from 'ethers'
import { type CreatedWork, type KeyWorld, type Role, startKeyWorld } from './fixture.ts'

const ABILITY = 'access-control-condition-decryption'

let world: KeyWorld
let lit: LitNodeClient
let openable: CreatedWork
let sealed: CreatedWork
const printed: string[] = []
const consoleLog = console.log

before(async () => {
  // The stock client prints decryption keys; that is what our own client mends, and no test should print them.
  console.log = (...words) => void printed.push(words.join(' '))
  world = await startKeyWorld()
  const network = world.network()
  openable = await world.createWork('openable', undefined, network)
  sealed = await world.createWork('sealed', undefined, network)
  for (const work of [openable, sealed]) await world.buy('holder', work.workId)
  await world.openCopy('holder', openable.workId)
  await world.confirm(10)
  const staking = { address: world.addresses.keyNetwork, abi: keyNetworkAbi }
  lit = new LitNodeClient({
    litNetwork: 'custom',
    debug: false,
    rpcUrl: world.rpcUrl,
    // Safety: the type asks for eleven contracts; the client reads this one.
    contractContext: { Staking: staking } as never,
  })
  await lit.connect()
})
after(async () => {
  await lit.disconnect()
  await world.stop()
  console.log = consoleLog
})

function wallet(role: Role): ethers.Wallet {
  const key = world.accounts[role].getHdKey().privateKey
  if (!key) throw new Error('no private key')
  return new ethers.Wallet(key)
}

const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()

async function decrypt(work: CreatedWork, auth: object): Promise<string> {
  const { gate, ciphertext, dataToEncryptHash } = work.manifest.seal
  const { chainId } = world
  const condition = gateCondition({ gate, workId: work.workId, chainId })
  const request = {
    evmContractConditions: condition,
    ciphertext,
    dataToEncryptHash,
    chain: litChainName(chainId),
    ...auth,
  }
  const { decryptedData } = await lit.decrypt(request as never) // Safety: the stock types want its own chain union.
  return new TextDecoder().decode(decryptedData)
}

async function authSig(role: Role, changes: object = {}): Promise<object> {
  const signer = wallet(role)
  const toSign = await createSiweMessage({
    walletAddress: signer.address,
    nonce: await lit.getLatestBlockhash(),
    chainId: world.chainId,
    expiration: inMinutes(5),
    ...changes,
  })
  return { authSig: await generateAuthSig({ signer, toSign }) }
}

const resource = (work: CreatedWork): string => {
  const { gate, dataToEncryptHash } = work.manifest.seal
  return resourceOf({ gate, workId: work.workId, chainId: world.chainId }, dataToEncryptHash)
}

async function session(
  work: CreatedWork,
  role: Role,
  options: { name?: string; key?: Hex; secret?: Hex; minutes?: number } = {},
): Promise<object> {
  const fresh = makeSessionKey()
  const publicKey = (options.key ?? fresh.publicKey).slice(2)
  const secretKey = (options.secret ?? fresh.secretKey).slice(2) + publicKey
  const named = new LitAccessControlConditionResource(options.name ?? resource(work))
  const signer = wallet(role)
  const sessionSigs = await lit.getSessionSigs({
    chain: 'ethereum',
    sessionKey: { publicKey, secretKey },
    expiration: inMinutes(options.minutes ?? 60),
    resourceAbilityRequests: [{ resource: named, ability: ABILITY }],
    authNeededCallback: async ({ uri, expiration, resourceAbilityRequests, nonce }) => {
      if (!uri || !expiration || !resourceAbilityRequests || !nonce)
        throw new Error('the stock client sends these')
      const toSign = await createSiweMessageWithRecaps({
        uri,
        expiration,
        resources: resourceAbilityRequests,
        walletAddress: signer.address,
        nonce,
        litNodeClient: lit,
        chainId: world.chainId,
      })
      return await generateAuthSig({ signer, toSign })
    },
  })
  return { sessionSigs }
}

/** The client throws the error on which most nodes agree. */
const refusedAs = (errorCode: string) => (error: Error & { info?: { errorCode?: string } }) => {
  assert.equal(error.info?.errorCode, errorCode, error.message)
  return true
}
const NOT_AUTHORIZED = 'NodeAccessControlConditionsReturnedNotAuthorized'

test('the unmodified client opens an opened copy with a plain authSig', async () => {
  assert.match(await decrypt(openable, await authSig('holder')), /^AGE-SECRET-KEY-1/)
})

test('the unmodified client opens an opened copy with session signatures of its own making', async () => {
  assert.match(await decrypt(openable, await session(openable, 'holder')), /^AGE-SECRET-KEY-1/)
})

test('what the unmodified client seals, it opens again: the opened copy’s holder’s plain authSig', async () => {
  const { chainId, addresses } = world
  const condition = gateCondition({ gate: addresses.gate, workId: openable.workId, chainId })
  const secret = new TextEncoder().encode('a secret of the creator')
  const box = await lit.encrypt({ evmContractConditions: condition as never, dataToEncrypt: secret })
  const request = {
    evmContractConditions: condition,
    ...box,
    chain: 'ethereum',
    ...(await authSig('holder')),
  }
  const { decryptedData } = await lit.decrypt(request as never)
  assert.deepEqual(Buffer.from(decryptedData), Buffer.from(secret))
})

test('the unmodified client opens a creator’s own work with session signatures, and not with a bearer secret for all of them', async () => {
  assert.match(await decrypt(sealed, await session(sealed, 'creator')), /^AGE-SECRET-KEY-1/)
  await assert.rejects(decrypt(sealed, await authSig('creator')), refusedAs(NOT_AUTHORIZED))
  await assert.rejects(decrypt(openable, await authSig('creator')), refusedAs(NOT_AUTHORIZED))
})

test('the unmodified client does not let a sealed work’s holder in', async () => {
  await assert.rejects(decrypt(sealed, await authSig('holder')), refusedAs(NOT_AUTHORIZED))
  await assert.rejects(decrypt(sealed, await session(sealed, 'holder')), refusedAs(NOT_AUTHORIZED))
})

test('a session for every resource (*) is refused, even its creator’s', async () => {
  await assert.rejects(
    decrypt(openable, await session(openable, 'creator', { name: '*' })),
    refusedAs('NodeSIWECapabilityInvalid'),
  )
})

test('a session for another resource is refused', async () => {
  await assert.rejects(
    decrypt(openable, await session(openable, 'holder', { name: resource(sealed) })),
    refusedAs('NodeResourceIdNotFound'),
  )
})

test('an operator’s session key is not served under a stock message that names no operator', async () => {
  const { publicKey, secretKey } = world.operatorKey
  const auth = await session(sealed, 'holder', { key: publicKey, secret: secretKey })
  await assert.rejects(decrypt(sealed, auth), refusedAs('NodeSIWECapabilityInvalid'))
})

test('a message for another site, another chain or a long life is refused', async () => {
  await assert.rejects(
    decrypt(openable, await authSig('holder', { domain: 'evil.example' })),
    refusedAs('NodeInvalidAuthSig'),
  )
  await assert.rejects(
    decrypt(openable, await authSig('holder', { domain: GRANT_DOMAIN })),
    refusedAs('NodeInvalidAuthSig'),
  )
  await assert.rejects(
    decrypt(openable, await authSig('holder', { chainId: 1 })),
    refusedAs('NodeWrongNetwork'),
  )
  await assert.rejects(
    decrypt(openable, await authSig('holder', { expiration: inMinutes(60) })),
    refusedAs('NodeExpWrongOrTooLarge'),
  )
  await assert.rejects(
    decrypt(openable, await authSig('holder', { expiration: inMinutes(-1) })),
    refusedAs('NodeExpWrongOrTooLarge'),
  )
  await assert.rejects(
    decrypt(openable, await authSig('holder', { nonce: `0x${'11'.repeat(32)}` })),
    refusedAs('NodeInvalidAuthSig'),
  )
})

test('a session’s wallet message cannot be replayed as a plain authSig', async () => {
  const { sessionSigs } = (await session(openable, 'holder', { minutes: 5 })) as {
    sessionSigs: Record<string, { signedMessage: string }>
  } // Safety: made above.
  const [first] = Object.values(sessionSigs)
  const [capability] = JSON.parse(first?.signedMessage ?? '').capabilities
  await assert.rejects(decrypt(openable, { authSig: capability }), refusedAs('NodeInvalidAuthSig'))
})

test('a session signature for one key node is refused by another', async () => {
  const { sessionSigs } = (await session(openable, 'holder')) as { sessionSigs: Record<string, unknown> } // Safety: made above.
  const urls = Object.keys(sessionSigs)
  const turned = Object.fromEntries(
    urls.map((url, i) => [url, sessionSigs[urls[(i + 1) % urls.length] ?? '']]),
  )
  await assert.rejects(decrypt(openable, { sessionSigs: turned }), refusedAs('NodeNotAuthorized'))
})
