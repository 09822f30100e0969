/** From a bare machine to earning in five commands, on real parts; and what an operator does with a node that earns. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { get as getSecurely } from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { receiptTypedData, signedReceipt } from '@grimoire/schema/receipt'
import { createTestClient, http, parseEther, recoverTypedDataAddress } from 'viem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { JournalReader } from '../journal-reader.ts'
import { logNothing } from '../log.ts'
import { startInferenceNode } from '../server.ts'
import { encryptKey, writeKeystore } from './keystore.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
const PACKAGING = join(import.meta.dirname, '../packaging')
const OWNER = 'otherOperator'
const BIN_FOLDER = join(import.meta.dirname, '../../node_modules/.bin')

type Ran = { code: number | null; out: string; err: string }

let world: NodeWorld
let work: TestWork
let folder: string
let node: ChildProcess | undefined
let nodeErr = ''
let url: string
let deskUrl: string

/** An operator's, and nothing of the test's own but what was compiled before. */
const environment = () => ({
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  PATH: `${BIN_FOLDER}:${process.env.PATH}`,
  HOME: folder,
  GRIMOIRE_OWNER_PASSPHRASE: 'the owner’s own',
  COLUMNS: '60',
})

const start = (...args: string[]) =>
  spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: environment() })

async function grimoire(...args: string[]): Promise<Ran> {
  const child = start(...args)
  const ran: Ran = { code: null, out: '', err: '' }
  child.stdout.on('data', data => {
    ran.out += data
  })
  child.stderr.on('data', data => {
    ran.err += data
  })
  ran.code = await new Promise(resolve => child.on('close', resolve))
  return ran
}

async function done(...args: string[]): Promise<Ran> {
  const ran = await grimoire(...args)
  assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.err}${ran.out}`)
  return ran
}

const json = async (...args: string[]) => JSON.parse((await done(...args, '--json')).out)
const owner = (): Hex => world.keys.accounts[OWNER].address

before(async () => {
  world = await NodeWorld.start()
  folder = join(world.keys.folder, 'bare-machine')
  mkdirSync(folder)
  writeFileSync(join(folder, 'addresses.json'), JSON.stringify(world.keys.addresses))
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery\n', { mode: 0o600 })
  const secret = world.keys.accounts[OWNER].getHdKey().privateKey
  assert.ok(secret)
  writeKeystore(join(folder, 'owner.json'), await encryptKey(secret, 'the owner’s own', { address: owner() }))
  work = await world.publish('chatbot', CARD, { admitted: [owner()] })
  await world.buy('holder', work)
})
after(async () => {
  node?.kill('SIGKILL')
  await world?.stop()
})

const INIT = () => [
  ...['init', '--yes', '--addresses', 'addresses.json', '--edge', world.edgeUrl, '--gpu', 'false'],
  ...['--rpc', world.keys.rpcUrl, '--operator', owner(), '--model', world.modelPath],
  ...['--endpoint', 'http://127.0.0.1:8080', '--port', '0', '--operate-port', '0'],
  ...['--passphrase-file', 'passphrase'],
]

test('init, pull, register and doctor: five commands, each says what is missing, and none needs the owner’s key here', async () => {
  const keys = JSON.parse((await done(...INIT(), '--json')).out)
  const again = await grimoire(...INIT())
  assert.deepEqual([again.code, /there already/.test(again.err)], [2, true], again.err)
  const { sha256 } = await json('pull')
  assert.equal(sha256, world.baseSha256)
  const ill = await grimoire('doctor', '--quick', '--json')
  const failed = JSON.parse(ill.out)
    .checks.filter((check: { outcome: string }) => check.outcome === 'fail')
    .map(({ name, mend }: { name: string; mend: string }) => [name, /\S/.test(mend)])
  assert.deepEqual(
    [ill.code, failed],
    [
      1,
      [
        ['registered', true],
        ['bond', true],
        ['gas', true],
      ],
    ],
  )
  const poor = await grimoire('register', '--print')
  assert.deepEqual([poor.code, /\$100\.00 for the bond/.test(poor.err)], [4, true], poor.err)
  const money = { address: world.keys.addresses.money, abi: moneyAbi } as const
  await world.keys.write(OWNER, { ...money, functionName: 'mint', args: [owner(), 200_000_000n] })
  const { transactions, from } = JSON.parse((await done('register', '--print')).out)
  assert.equal(from, owner())
  for (const { to, data } of transactions) {
    const hash = await world.keys.wallet(OWNER).sendTransaction({ to, data })
    await world.keys.publicClient.waitForTransactionReceipt({ hash })
  }
  await createTestClient({ mode: 'anvil', transport: http(world.keys.rpcUrl) }).setBalance({
    address: keys.paymentKey,
    value: parseEther('1'),
  })
  await world.keys.confirm()
  const healthy = await done('doctor')
  assert.match(healthy.out, /ready to run/)
  assert.ok(healthy.out.split('\n').every(line => line.length <= 90))
})

/** The node in a process of its own, as a service manager would have it. */
async function serve(): Promise<void> {
  const child = start('run', '--json')
  node = child
  child.stderr.on('data', data => {
    nodeErr += data
  })
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', data => {
      text += data
      if (text.includes('\n')) resolve()
    })
    child.once('exit', code => reject(new Error(`the node ended with ${code}: ${nodeErr}`)))
  })
  ;({ url, deskUrl } = JSON.parse(text))
}

test('run answers a paid turn; status, metrics, claim, export and why tell of it', async () => {
  await serve()
  const session = JSON.parse(readFileSync(join(folder, 'keys/session.json'), 'utf8'))
  const granted = await world.grant(url, 'holder', work, { operator: owner(), sessionKey: session.publicKey })
  assert.equal(granted.status, 201, await granted.text())
  const body = { model: work.model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: 8 }
  const asked = await world.payer('holder').ask(url, body)
  assert.equal(asked.status, 200, JSON.stringify(asked.problem))
  const charged = asked.tail?.receipt.chargedAtomic
  assert.ok(charged)
  const [status, metrics] = await Promise.all([
    json('status'),
    fetch(`${deskUrl}/metrics`).then(response => response.text()),
  ])
  assert.deepEqual(
    [status.turns.answered, status.money.unclaimedAtomic, status.money.earnedAtomic, status.ready.ready],
    [1, charged, charged, true],
  )
  assert.match(metrics, /^vllm:request_success_total\{finished_reason="\w+"\} 1$/m)
  assert.match(metrics, new RegExp(`^grimoire_unclaimed_atomic ${charged}$`, 'm'))
  assert.match(metrics, /^grimoire_refused_total\{code="payment_required"\} 1$/m)
  assert.ok(!metrics.includes(work.workId) && !metrics.includes(owner()), 'no label names a work or a person')
  const claimed = await json('claim')
  assert.equal(claimed.vouchers, 1)
  const [why, turns, receipts, claims] = await Promise.all([
    json('why'),
    done('export', 'turns'),
    done('export', 'receipts'),
    done('export', 'claims'),
  ])
  assert.deepEqual([why.turns, why.asked, why.earnedAtomic], [1, 1, charged])
  assert.deepEqual([why.works[0].workId, why.works[0].others, why.works[0].admitted], [work.workId, 1, true])
  const rows = ({ out }: Ran) => out.trim().split('\r\n')
  assert.deepEqual([rows(turns).length, rows(receipts).length], [2, 2])
  assert.ok(rows(receipts)[1]?.includes(asked.tail?.signature ?? '-'))
  assert.match(receipts.out, /,split\.creatorAtomic,.*,split\.protocolAtomic,signature\r\n/)
  const signed = signedReceipt.parse(JSON.parse((await done('export', 'receipts', '--json')).out))
  const payment = JSON.parse(readFileSync(join(folder, 'keys/payment.json'), 'utf8'))
  const signer = await recoverTypedDataAddress({
    ...receiptTypedData(signed.receipt),
    signature: signed.signature,
  })
  assert.equal(signer.toLowerCase(), `0x${payment.address}`, 'an exported receipt can be checked')
  assert.match(claims.out, /,claim,(sent|mined|final),0x[0-9a-f]{64},1,/)
})

/** As a page in a browser would come to it: under a name of its own. */
const underName = (host: string, path: string): Promise<number | undefined> =>
  new Promise(resolve => {
    get(`${deskUrl}${path}`, { headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
  })

test('the desk tells strangers nothing; the dashboard and the alerts ask for metrics that there are', async () => {
  const { status } = await fetch(`${deskUrl}/status`)
  const claim = await fetch(`${deskUrl}/claim`, { method: 'POST', headers: { authorization: 'Bearer x' } })
  assert.deepEqual([status, claim.status], [404, 404])
  assert.deepEqual(
    await Promise.all([underName('localhost', '/metrics'), underName('evil.test', '/metrics')]),
    [200, 404],
  )
  const metrics = await (await fetch(`${deskUrl}/metrics`)).text()
  const known = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  const packaged = ['grafana.json', 'alerts.yml']
    .map(name => readFileSync(join(PACKAGING, name), 'utf8'))
    .join()
  const asked = new Set(packaged.match(/\b(grimoire_|vllm:|gen_ai_|process_|nodejs_)[a-z_0-9]+(?=[{[ ])/g))
  const missing = [...asked].filter(
    name => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')),
  )
  assert.deepEqual([missing, asked.size > 12], [[], true])
})

test('with certificate files the node itself speaks https', async context => {
  const [certificateFile, keyFile] = [join(folder, 'tls.pem'), join(folder, 'tls.key')]
  const asked = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes']
  const key = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const { status } = spawnSync('openssl', [...key, ...asked, '-out', certificateFile, '-keyout', keyFile])
  if (status !== 0) return context.skip('openssl is not here to make a certificate')
  const config = world.config('tls', { tls: { certificateFile, keyFile } })
  const secure = await startInferenceNode(config, { log: logNothing })
  try {
    assert.match(secure.url, /^https:/)
    const ca = readFileSync(certificateFile)
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      getSecurely(`${secure.url}/v1/models`, { ca, agent: false }, response => {
        response.resume()
        resolve(response.statusCode)
      }).once('error', reject)
    })
    assert.equal(answered, 200)
  } finally {
    await secure.stop()
  }
})

test('the owner takes what is owed and changes the price, from a keystore', async () => {
  const before = await world.balance(owner())
  await done('withdraw', '--owner-keystore', 'owner.json')
  assert.ok((await world.balance(owner())) > before)
  const changed = await json('price', '--turn-fee', '0.002', '--owner-keystore', 'owner.json')
  assert.equal(changed.operator.prices.turnFeeAtomic, '2000')
})

/** The engine, and what holds it. */
function descendants(of: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  const all = [...stdout.matchAll(/^\s*(\d+)\s+(\d+)$/gm)].map(([, pid, parent]) => [
    Number(pid),
    Number(parent),
  ])
  const below = (parent: number): number[] =>
    all.flatMap(([pid = 0, its]) => (its === parent ? [pid, ...below(pid)] : []))
  return below(of)
}

test('SIGTERM: no new turn, the running stream ends whole, what it owes is claimed, exit 0', async () => {
  const running = node
  assert.ok(running)
  const body = { model: work.model, messages: [{ role: 'user', content: 'Go on' }], max_tokens: 120 }
  let signalled = false
  let ready: Response | undefined
  let refused: Response | undefined
  let looked: Promise<void> | undefined
  const look = async () => {
    for (;;) {
      ready = await fetch(`${deskUrl}/ready`)
      if (ready.status !== 200) break
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    refused = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) })
  }
  const asked = await world.payer('holder').ask(url, body, {
    onPiece: () => {
      if (signalled) return
      signalled = true
      // The engine stands still until all was looked at: the stream outlasts the signal on any machine.
      const held = descendants(running.pid ?? 0)
      for (const pid of held) process.kill(pid, 'SIGSTOP')
      running.kill('SIGTERM')
      looked = look().finally(() => {
        for (const pid of held) process.kill(pid, 'SIGCONT')
      })
    },
  })
  await looked
  assert.equal(asked.problem, undefined, JSON.stringify(asked.problem))
  assert.ok(asked.tail, 'the stream came to its receipt')
  assert.equal(ready?.status, 503)
  assert.deepEqual([refused?.status, (await refused?.json())?.code], [503, 'node_draining'])
  const code = running.exitCode ?? (await new Promise(resolve => running.once('exit', resolve)))
  assert.equal(code, 0, nodeErr)
  node = undefined
  const gone = await grimoire('status')
  assert.deepEqual([gone.code, gone.err.trim().split('\n').length], [3, 2], gone.err)
  const reader = JournalReader.open(join(folder, 'state'))
  assert.equal(reader.channels().unclaimedAtomic, '0', 'it was claimed at the end')
  reader.close()
  assert.ok(!nodeErr.includes('Go on') && !nodeErr.includes('Mira'), 'no text of a conversation in the log')
})
