/** The seal in a real browser: seals, grants and opens against real key nodes, asks no foreign host, tells no secret. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type KeyWorld, startKeyWorld, workTerms } from '@grimoire/key-node/fixture'
import { termsToChain } from '@grimoire/schema/work'
import packedChromium from '@sparticuz/chromium'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { browserBundling } from './bundling.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** What the page runs. It has its own burner key, as the market's page has on a devnet. */
const PAGE = `
  import { litNetwork } from './lit.ts'
  import { openWork, readManifest, sealWork } from './bundle.ts'
  import { makeAuthSig, makeOpening, makeSessionKey, sessionAccess } from './grant.ts'
  import { privateKeyToAccount } from 'viem/accounts'
  const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  globalThis.market = {
    async seal({ options, fields, gate, text }) {
      const network = litNetwork(options)
      const parts = [{ role: 'card', name: 'card.prompt', mediaType: 'text/vnd.dotprompt', bytes: new TextEncoder().encode(text) }]
      const { manifestBytes, contentHash, contentHashBytes32, recovery, blobs } = await sealWork({ fields, parts, gate, network })
      await network.close()
      globalThis.sealed = { manifestBytes, blobs, contentHash }
      return { contentHashBytes32, identity: recovery.identity, plain: hex(manifestBytes) }
    },
    async open({ options, privateKey, kind }) {
      const { manifestBytes, blobs, contentHash } = globalThis.sealed
      const network = litNetwork(options)
      const manifest = readManifest(manifestBytes, contentHash)
      const signer = privateKeyToAccount(privateKey)
      const blockHash = await network.latestBlockHash()
      const key = makeSessionKey()
      const access = kind === 'authSig'
        ? { kind, authSig: await makeAuthSig({ signer, manifest, domain: location.host, blockHash }) }
        : sessionAccess(await makeOpening({ signer, manifest, sessionKey: key.publicKey, blockHash }), key)
      try {
        const [card] = await openWork(manifest, async name => blobs.get(name) ?? null, network, access)
        return { text: new TextDecoder().decode(card.bytes), sessionKey: key.secretKey, stored: JSON.stringify({ ...localStorage }) }
      } catch (error) {
        return { code: error.code, message: error.message }
      } finally {
        await network.close()
      }
    },
  }
`

type Opened = { text?: string; code?: string; message?: string; sessionKey: string; stored: string }

let world: KeyWorld
let server: Server
let browser: Browser
let page: Page
let pageUrl: string
const printed: string[] = []
const asked: string[] = []

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
    ...browserBundling,
  })
  return outputFiles[0]?.text ?? ''
}

/** The packed Chromium that npm brings, or one of the machine where that cannot run. */
async function launch(): Promise<Browser> {
  const args = [...packedChromium.args.filter(arg => arg !== '--single-process'), '--no-sandbox']
  const places = [
    () => packedChromium.executablePath(),
    async () => process.env.CHROMIUM_PATH ?? '',
    async () => '/usr/bin/chromium',
  ]
  const failures: unknown[] = []
  for (const place of places) {
    try {
      const executablePath = await place()
      if (existsSync(executablePath)) return await chromium.launch({ executablePath, args, headless: true })
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, 'No Chromium runs here. Set CHROMIUM_PATH to one that does.')
}

before(async () => {
  const [script] = await Promise.all([
    bundle(),
    startKeyWorld().then(started => {
      world = started
    }),
    launch().then(launched => {
      browser = launched
    }),
  ])
  server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  pageUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  page = await browser.newPage()
  page.on('console', message => printed.push(message.text()))
  page.on('pageerror', error => printed.push(String(error)))
  page.on('request', request => asked.push(request.url()))
  await page.goto(pageUrl)
  await page.waitForFunction('globalThis.market !== undefined')
})
after(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await world?.stop()
})

const options = () => ({
  chainId: world.chainId,
  rpcUrl: world.rpcUrl,
  keyNetwork: world.addresses.keyNetwork,
  timeoutMs: 10_000,
})

function privateKey(role: 'creator' | 'holder' | 'stranger'): string {
  return `0x${Buffer.from(world.accounts[role].getHdKey().privateKey ?? []).toString('hex')}`
}

const inPage = <T>(name: 'seal' | 'open', request: object): Promise<T> =>
  page.evaluate(`globalThis.market.${name}(${JSON.stringify(request)})`)

test('a browser seals a work that its creator and an opened copy’s holder open in a browser, and nobody else', async () => {
  const salt = `0x${'99'.repeat(32)}` as const
  const { works, gate } = world.addresses
  const creator = world.accounts.creator.address
  const workId = String(
    await world.publicClient.readContract({
      address: works,
      abi: worksAbi,
      functionName: 'workIdOf',
      args: [creator, salt],
    }),
  )
  const text = 'The lighthouse keeper is called Odile.'
  const fields = { ...world.fields('openable'), workId }
  const { contentHashBytes32, identity, plain } = await inPage<{
    contentHashBytes32: string
    identity: string
    plain: string
  }>('seal', {
    options: options(),
    fields,
    gate,
    text,
  })
  assert.ok(!Buffer.from(plain, 'hex').includes('Odile'))
  const args = [salt, termsToChain(workTerms('openable')), [], [], contentHashBytes32]
  await world.write('creator', { address: works, abi: worksAbi, functionName: 'create', args })
  await world.buy('holder', workId)
  await world.confirm()

  const open = (role: 'creator' | 'holder' | 'stranger', kind: string) =>
    inPage<Opened>('open', { options: options(), privateKey: privateKey(role), kind })
  assert.equal((await open('holder', 'session')).code, 'network_refused')
  await world.openCopy('holder', workId)
  await world.confirm()
  const opened = [
    await open('creator', 'session'),
    await open('holder', 'session'),
    await open('holder', 'authSig'),
  ]
  assert.deepEqual(
    opened.map(answer => answer.text ?? answer.message),
    [text, text, text],
  )
  assert.equal((await open('stranger', 'session')).code, 'network_refused')

  const secrets = [
    identity,
    'Odile',
    privateKey('holder'),
    ...opened.map(answer => answer.sessionKey.slice(2)),
  ]
  for (const secret of secrets) {
    assert.ok(!printed.join('\n').includes(secret), 'on the console')
    for (const answer of opened) assert.ok(!answer.stored.includes(secret), 'in localStorage')
  }
  assert.doesNotMatch(printed.join('\n'), /signature from encrypt|wants you to sign|ProofOfPossession|Error/)
})

test('the page asked its own origin, the chain and the key nodes, and no other host', () => {
  const known = new Set([
    new URL(pageUrl).host,
    new URL(world.rpcUrl).host,
    ...world.ports.map(port => `127.0.0.1:${port}`),
  ])
  const foreign = asked.filter(url => !url.startsWith('data:') && !known.has(new URL(url).host))
  assert.deepEqual(foreign, [])
  assert.ok(asked.some(url => url.endsWith('/web/encryption/sign/')))
})
