/** Grants: the text is Lit's own, one signature makes one, and reading refuses every change. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuthSig, GRANT_DOMAIN, grantStatement } from '@grimoire/schema/grant'
import { type Manifest, manifest } from '@grimoire/schema/manifest'
import {
  createSiweMessageWithRecaps,
  LitAccessControlConditionResource,
  RecapSessionCapabilityObject,
} from '@lit-protocol/auth-helpers'
import fc from 'fast-check'
import { privateKeyToAccount } from 'viem/accounts'
import {
  makeGrant,
  makeOpening,
  makeSessionKey,
  manifestResource,
  readGrant,
  sessionKeyFrom,
} from './grant.ts'
import { siweText } from './siwe.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const operator = privateKeyToAccount(`0x${'22'.repeat(32)}`).address
const blockHash = `0x${'ab'.repeat(32)}` as const
const sessionKey = makeSessionKey(new Uint8Array(32).fill(7))
const now = Math.floor(Date.now() / 1000)

const work: Manifest = manifest.parse({
  format: 'grimoire/manifest@1',
  chainId: 31_337,
  works: account.address,
  workId: '123456789',
  version: 2,
  creator: account.address,
  kind: 'prompt',
  disclosure: 'sealed',
  title: 'A title',
  summary: 'A summary',
  tags: [],
  language: 'en',
  licence: 'MIT',
  base: { name: 'base', sha256: 'ab'.repeat(32) },
  parts: [
    {
      role: 'card',
      name: 'card',
      mediaType: 'text/plain',
      sha256: 'cd'.repeat(32),
      sizeBytes: 10,
      plainSizeBytes: 1,
    },
  ],
  seal: {
    network: 'lit',
    networkKey: 'ab'.repeat(48),
    gate: operator,
    chain: 'ethereum',
    ciphertext: 'AAAA',
    dataToEncryptHash: 'ef'.repeat(32),
    recipient: `age1${'q'.repeat(58)}`,
  },
})

const request = {
  signer: account,
  manifest: work,
  operator,
  sessionKey: sessionKey.publicKey,
  expiresAtSeconds: now + 3600,
  blockHash,
}

const resigned = async (signedMessage: string): Promise<AuthSig> => ({
  sig: await account.signMessage({ message: signedMessage }),
  derivedVia: 'web3.eth.personal.sign',
  signedMessage,
  address: account.address,
})

test('a grant is one wallet signature and reads back as what was granted', async () => {
  let signatures = 0
  const signer = {
    address: account.address,
    signMessage: (message: { message: string }) => {
      signatures += 1
      return account.signMessage(message)
    },
  }
  const grant = await readGrant(await makeGrant({ ...request, signer, issuedAtSeconds: now }))
  assert.equal(signatures, 1)
  const { authSig: _authSig, ...fields } = grant
  assert.deepEqual(fields, {
    holder: account.address,
    workId: '123456789',
    version: 2,
    operator: operator.toLowerCase(),
    sessionKey: sessionKey.publicKey,
    chainId: 31_337,
    resource: manifestResource(work),
    issuedAtSeconds: now,
    expiresAtSeconds: now + 3600,
    blockHash,
  })
})

test('the text that the wallet shows is, byte for byte, the one that Lit’s own helper makes', async () => {
  const { signedMessage } = await makeGrant(request)
  const theirs = await createSiweMessageWithRecaps({
    domain: GRANT_DOMAIN,
    walletAddress: account.address,
    statement: grantStatement({ workId: work.workId, version: 2, operator, expiresAtSeconds: now + 3600 }),
    uri: `lit:session:${sessionKey.publicKey.slice(2)}`,
    chainId: work.chainId,
    nonce: blockHash,
    expiration: new Date((now + 3600) * 1000).toISOString(),
    resources: [
      {
        resource: new LitAccessControlConditionResource(manifestResource(work)),
        ability: 'access-control-condition-decryption',
      },
    ],
    litNodeClient: {
      generateSessionCapabilityObjectWithWildcards: async () => new RecapSessionCapabilityObject({}, []),
    } as never, // Safety: the helper calls this one method, which asks no network.
  })
  const timeless = (text: string): string => text.replace(/Issued At: .*/, '')
  assert.equal(timeless(signedMessage), timeless(theirs))
})

test('the statement names work, version, operator and expiry in words', async () => {
  const { signedMessage } = await makeGrant(request)
  const statement = signedMessage.split('\n')[3] ?? ''
  const until = new Date((now + 3600) * 1000).toISOString()
  assert.ok(
    statement.startsWith(
      `Let operator ${operator.toLowerCase()} open version 2 of work 123456789 for me until ${until}.`,
    ),
  )
})

test('a grant of more than 30 days is neither made nor read', async () => {
  const expiresAtSeconds = now + 31 * 86_400
  await assert.rejects(makeGrant({ ...request, expiresAtSeconds }), { code: 'grant_too_long' })
  const { signedMessage } = await makeGrant(request)
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()
  const longer = signedMessage.replaceAll(iso(now + 3600), iso(expiresAtSeconds))
  await assert.rejects(readGrant(await resigned(longer)), { code: 'grant_too_long' })
})

test('an expired grant is refused as expired', async () => {
  const grant = await makeGrant(request)
  await assert.rejects(readGrant(grant, now + 3600), { code: 'grant_expired' })
})

test('a grant for *, for another domain or with no grant’s words is refused', async () => {
  const fields = {
    domain: GRANT_DOMAIN,
    holder: account.address,
    statement: grantStatement({ workId: work.workId, version: 2, operator, expiresAtSeconds: now + 3600 }),
    uri: `lit:session:${sessionKey.publicKey.slice(2)}`,
    chainId: work.chainId,
    nonce: blockHash,
    issuedAtSeconds: now,
    expiresAtSeconds: now + 3600,
    resource: manifestResource(work),
  }
  const read = async (changes: object) => readGrant(await resigned(siweText({ ...fields, ...changes })))
  assert.equal((await read({})).workId, work.workId)
  await assert.rejects(read({ resource: '*' }), { code: 'grant_wildcard' })
  await assert.rejects(read({ domain: 'market.example' }), { code: 'grant_invalid' })
  await assert.rejects(read({ statement: 'Sign in.' }), { code: 'grant_invalid' })
  await assert.rejects(read({ expiresAtSeconds: now + 7200 }), { code: 'grant_invalid' })
  await assert.rejects(read({ nonce: 'abcdefgh' }), { code: 'grant_invalid' })
  await assert.rejects(read({ uri: 'https://market.example/' }), { code: 'grant_invalid' })
  await assert.rejects(read({ resource: undefined }), { code: 'grant_invalid' })
})

test('no byte of the signed text can change unnoticed', async () => {
  const grant = await makeGrant(request)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(grant.signedMessage.length - 1),
      fc.constantFrom(...'0aZ*/ .\n'),
      async (at, letter) => {
        const text = grant.signedMessage
        fc.pre(text[at] !== letter)
        const signedMessage = text.slice(0, at) + letter + text.slice(at + 1)
        await assert.rejects(readGrant({ ...grant, signedMessage }), { name: 'Problem' })
      },
    ),
    { numRuns: 200 },
  )
})

test('what is no authSig at all is refused by name', async () => {
  for (const value of [null, 'text', {}, { sig: '0x', derivedVia: 'x' }])
    await assert.rejects(readGrant(value), { code: 'grant_invalid' })
})

test('an opening for one’s own page names no operator and lives at most a day', async () => {
  const opening = { signer: account, manifest: work, sessionKey: sessionKey.publicKey, blockHash }
  assert.match((await makeOpening(opening)).signedMessage, /Let me read version 2 of work 123456789 here\./)
  await assert.rejects(makeOpening({ ...opening, lifeSeconds: 86_401 }), { code: 'grant_too_long' })
})

test('a session key comes back from its seed', () => {
  assert.deepEqual(sessionKeyFrom(sessionKey.secretKey), sessionKey)
})
