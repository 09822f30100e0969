/** The seams of Lit's client that we set, its silence, and that a closed network keeps no process alive. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type CreatedWork, type KeyWorld, startKeyWorld } from '@grimoire/key-node/fixture'
import { LitNodeClientNodeJs } from '@lit-protocol/lit-node-client-nodejs'
import { makeOpening, makeSessionKey, sessionAccess } from './grant.ts'
import { keeperAt } from './lit-client.ts'

const LIT_VERSION = '7.4.0'
/** Everything of Lit's that lit-client.ts replaces or calls by an internal name. */
const SEAMS = [
  '_getValidatorData',
  '_listenForNewEpoch',
  '_syncBlockhash',
  '_runHandshakeWithBootstrapUrls',
  '_handshakeAndVerifyNodeAttestation',
  '_getNewRequestId',
  '_throwNodeError',
  '_decryptWithSignatureShares',
  '_authCallbackAndUpdateStorageItem',
  'sendCommandToNode',
  'generatePromise',
  'getNodePromises',
  'handleNodePromises',
  'getWalletSig',
  'getSessionKey',
  'validateAccessControlConditionsSchema',
]

let world: KeyWorld
let work: CreatedWork

before(async () => {
  world = await startKeyWorld()
  work = await world.createWork('sealed')
  await world.confirm()
})
after(() => world.stop())

type PackageFile = { version: string; dependencies: Record<string, string> }
const readPackage = (path: string | URL): PackageFile => JSON.parse(readFileSync(path, 'utf8'))

test('Lit’s packages are the pinned ones, exactly', () => {
  const { dependencies } = readPackage(new URL('./package.json', import.meta.url))
  const lit = Object.entries(dependencies).filter(([name]) => name.startsWith('@lit-protocol/'))
  assert.ok(lit.length >= 3)
  for (const [name, version] of lit) {
    assert.equal(version, LIT_VERSION, name)
    assert.equal(
      readPackage(createRequire(import.meta.url).resolve(`${name}/package.json`)).version,
      LIT_VERSION,
      name,
    )
  }
})

test('every seam that we set is one that this version of Lit’s client has', () => {
  const client = new LitNodeClientNodeJs({ litNetwork: 'custom', debug: false })
  for (const name of SEAMS) assert.equal(typeof Reflect.get(client, name), 'function', name)
  const source = readFileSync(new URL('./lit-client.ts', import.meta.url), 'utf8')
  for (const name of SEAMS) assert.ok(source.includes(`${name}:`) || source.includes(`${name}(`), name)
})

test('a key node’s answer is taken for its own, even where its URL is the beginning of another’s', () => {
  const verificationKey = 'ab'.repeat(48)
  const nodes = ['http://a/k', 'http://a/k/web', 'http://a/k/web/encryption/sign'].map((url, i) => ({
    ...{ url, index: i + 1, verificationKey },
  }))
  for (const node of nodes) assert.equal(keeperAt(nodes, `${node.url}/web/encryption/sign/`), node)
  assert.equal(keeperAt(nodes, 'http://a/k/other/'), null)
})

test('callers that come before the first connection share it, and a failed one is tried again', async () => {
  const stockFetch = globalThis.fetch
  let greetings = 0
  let failing = true
  globalThis.fetch = async (...request) => {
    if (!String(request[0]).endsWith('/web/handshake/')) return await stockFetch(...request)
    if (failing) throw new Error('no route')
    greetings += 1
    return await stockFetch(...request)
  }
  const network = world.network()
  const { gate } = world.addresses
  const wrap = () =>
    network.wrapKey({ workId: work.workId, chainId: world.chainId, gate, secret: new Uint8Array(8) })
  try {
    await assert.rejects(wrap(), { code: 'network_too_few_nodes' })
    failing = false
    await Promise.all([wrap(), wrap(), wrap()])
    assert.equal(greetings, 3)
  } finally {
    globalThis.fetch = stockFetch
  }
})

/** A program that opens the work, closes the network and says so; its exit is then its own. */
async function openElsewhere(prelude: string): Promise<{ said: string; lateMs: number; code: number }> {
  const network = world.network()
  const blockHash = await network.latestBlockHash()
  const key = makeSessionKey()
  const request = {
    signer: world.accounts.creator,
    manifest: work.manifest,
    sessionKey: key.publicKey,
    blockHash,
  }
  const path = join(world.folder, 'open.mjs')
  const here = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))
  const { keyNetwork } = world.addresses
  const options = { chainId: world.chainId, keyNetwork, rpcUrl: world.rpcUrl }
  writeFileSync(
    path,
    `${prelude}
    const { litNetwork } = await import(${here('./lit.ts')})
    const network = litNetwork(${JSON.stringify(options)})
    const access = ${JSON.stringify(sessionAccess(await makeOpening(request), key))}
    const { seal, workId, chainId } = ${JSON.stringify(work.manifest)}
    const secret = await network.unwrapKey(seal, { workId, chainId }, access)
    await network.close()
    process.stdout.write('opened ' + secret.length + ' bytes\\n')`,
  )
  const child = spawn(process.execPath, [path])
  let said = ''
  let openedAtMs = Number.POSITIVE_INFINITY
  const hear = (chunk: Buffer): void => {
    said += chunk
    if (said.includes('opened ')) openedAtMs = Math.min(openedAtMs, performance.now())
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const [code] = await once(child, 'close')
  return { said, lateMs: performance.now() - openedAtMs, code: Number(code) }
}

test('a program that has closed its network ends by itself', async () => {
  const { said, lateMs, code } = await openElsewhere('')
  assert.match(said, /opened 74 bytes/)
  assert.equal(code, 0, said)
  assert.ok(lateMs < 1_500, `${lateMs} ms after closing`)
})

test('a stock client that turned on debugging in the same program does not make ours talk', async () => {
  const stock = JSON.stringify(createRequire(import.meta.url).resolve('@lit-protocol/lit-node-client-nodejs'))
  const { said } = await openElsewhere(
    `const { LitNodeClientNodeJs } = (await import(${stock})).default
    new LitNodeClientNodeJs({ litNetwork: 'custom', debug: true })`,
  )
  assert.match(said, /opened 74 bytes/)
  assert.doesNotMatch(said, /ProofOfPossession|wants you to sign|signature from encrypt|AGE-SECRET/)
})
