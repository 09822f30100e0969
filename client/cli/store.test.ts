/** The gateway's file: what it keeps secret, what it counts, whose key it reads, and what it refuses. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { generatePrivateKey } from 'viem/accounts'
import { serveHttp } from '../fixture.ts'
import { refusedAs } from '../fixture-refusal.ts'
import type { Reservation, Settled } from '../gateway/book.ts'
import { lockStore, openDatabase } from './database.ts'
import { enter } from './enter.ts'
import { readSettings } from './options.ts'
import { readPassphrase } from './passphrase.ts'
import { gatewayToken, openSecrets } from './secrets.ts'
import { keepInterrupted, openBook } from './sqlite-book.ts'
import { readWalletFile } from './wallet-file.ts'

const root = mkdtempSync(join(tmpdir(), 'grimoire-gateway-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const folder = () => join(root, String(folders++))

test('a secret is in no file of the store as text, comes back with the passphrase, and with no other', async () => {
  const at = folder()
  const database = openDatabase(at)
  const secrets = await openSecrets(database, 'correct horse')
  const token = await gatewayToken(secrets)
  await secrets.set('session-key:a', 'canary-of-the-session-key')
  await secrets.set('session-key:b', 'another')
  database.close()
  for (const name of ['gateway.sqlite']) {
    const path = join(at, name)
    assert.ok(!readFileSync(path).includes('canary-of-the-session-key'))
    assert.ok(!readFileSync(path).includes(token))
    assert.equal(statSync(path).mode & 0o077, 0)
  }
  const again = openDatabase(at)
  await assert.rejects(openSecrets(again, 'battery staple'), refusedAs('passphrase_wrong'))
  const opened = await openSecrets(again, 'correct horse')
  assert.equal(await opened.get('session-key:a'), 'canary-of-the-session-key')
  assert.equal(await gatewayToken(opened), token)
  assert.notEqual(await gatewayToken(opened, { renew: true }), token)
  assert.deepEqual(
    (await opened.list('session-key:')).map(([name]) => name),
    ['session-key:a', 'session-key:b'],
  )
  // A sealed text that was moved under another name is not taken for that name's.
  again.exec(`UPDATE secret SET sealed = (SELECT sealed FROM secret WHERE name = 'session-key:b')
    WHERE name = 'session-key:a'`)
  await assert.rejects(opened.get('session-key:a'), refusedAs('passphrase_wrong'))
  again.close()
})

test('two gateways do not share a store, and one that has ended leaves it to the next', () => {
  const at = folder()
  const unlock = lockStore(at)
  assert.throws(() => lockStore(at), refusedAs('store_locked'))
  unlock()
  lockStore(at)()
})

const OPERATOR = `0x${'ab'.repeat(20)}` as const
const CHANNEL = `0x${'cd'.repeat(32)}` as const
const turn = (rest: Partial<Reservation> = {}): Reservation => ({
  workId: '7',
  version: 1,
  operator: OPERATOR,
  channelId: CHANNEL,
  beforeAtomic: 0n,
  maxAtomic: 100n,
  ...rest,
})
const result = (beforeAtomic: bigint, chargedAtomic: bigint, channelId = CHANNEL): Settled => ({
  receipt: { inputBytes: 3, outputBytes: 4 },
  receiptSignature: '0x00',
  chargedAtomic,
  agreed: { beforeAtomic, channelId },
})

test('a turn holds its most until its receipt, and gives back what it did not cost; the cap counts both', () => {
  const book = openBook(openDatabase(folder()), { capAtomic: 250n })
  const first = book.reserve(turn())
  book.reserve(turn({ channelId: `0x${'ce'.repeat(32)}` }))
  assert.throws(() => book.reserve(turn()), refusedAs('daily_cap_reached'))
  book.settle(first, result(0n, 30n))
  assert.deepEqual([book.today().spentAtomic, book.today().heldAtomic], [30n, 100n])
  book.reserve(turn({ channelId: `0x${'cf'.repeat(32)}`, maxAtomic: 120n }))
  assert.throws(() => book.reserve(turn({ maxAtomic: 1n })), refusedAs('daily_cap_reached'))
})

test('turns signed from one sum hold the most of one, and the next receipt of the channel says what they cost', () => {
  const book = openBook(openDatabase(folder()), { capAtomic: 1_000n })
  for (const maxAtomic of [100n, 300n, 200n]) {
    const broken = book.reserve(turn({ beforeAtomic: 50n, maxAtomic }))
    book.fail(broken, { code: 'node_unreachable', atRisk: true })
  }
  assert.equal(book.today().heldAtomic, 300n)
  book.settle(book.reserve(turn({ beforeAtomic: 110n })), result(110n, 20n))
  assert.deepEqual([book.today().spentAtomic, book.today().heldAtomic], [80n, 0n])
  const [row] = book.spending({ days: 1 })
  assert.deepEqual([row?.turns, row?.failedTurns, row?.chargedAtomic], [1, 3, 80n])
})

test('a voucher that follows a correction is held from the corrected sum, and does not leave when that breaks the cap', () => {
  const book = openBook(openDatabase(folder()), { capAtomic: 500n })
  const lose = (beforeAtomic: bigint) => {
    const id = book.reserve(turn({ maxAtomic: 150n }))
    book.hold(id, { beforeAtomic, atMostAtomic: beforeAtomic + 150n })
    book.fail(id, { code: 'node_unreachable', atRisk: true })
  }
  lose(0n)
  lose(140n)
  assert.equal(book.today().heldAtomic, 290n)
  const third = book.reserve(turn({ maxAtomic: 150n }))
  assert.throws(
    () => book.hold(third, { beforeAtomic: 360n, atMostAtomic: 510n }),
    refusedAs('daily_cap_reached'),
  )
  book.fail(third, { code: 'daily_cap_reached', atRisk: false })
  assert.equal(book.today().heldAtomic, 290n)
})

test('what is at risk at one operator is the sum over its channels, each with the highest of its vouchers', () => {
  const book = openBook(openDatabase(folder()), { capAtomic: 10_000n })
  const other = { channelId: `0x${'ce'.repeat(32)}`, beforeAtomic: 1_000n } as const
  for (const rest of [{}, { maxAtomic: 60n }, other]) {
    book.fail(book.reserve(turn(rest)), { code: 'node_unreachable', atRisk: true })
  }
  assert.equal(book.spending({ days: 1 })[0]?.atRiskAtomic, 200n)
  assert.equal(book.today().heldAtomic, 200n)
})

test('the cap is the day’s: it outlives a restart, counts what a crash left open, and begins anew at midnight UTC', () => {
  const at = folder()
  let nowMs = Date.UTC(2026, 0, 1, 23, 59)
  const open = () => {
    const database = openDatabase(at)
    keepInterrupted(database)
    return openBook(database, { capAtomic: 150n, clock: () => nowMs })
  }
  open().reserve(turn())
  const restarted = open()
  assert.equal(restarted.today().heldAtomic, 100n)
  assert.throws(() => restarted.reserve(turn()), refusedAs('daily_cap_reached'))
  nowMs += 2 * 60_000
  restarted.reserve(turn({ maxAtomic: 150n }))
  assert.deepEqual(
    restarted.spending({ days: 2 }).map(({ day }) => day),
    ['2026-01-02', '2026-01-01'],
  )
})

test('an operator that is not trusted stays so, until its holder takes it back', () => {
  const database = openDatabase(folder())
  const book = openBook(database, { capAtomic: 1n })
  book.distrust(OPERATOR, 'receipt_invalid')
  assert.ok(openBook(database, { capAtomic: 1n }).distrusted().has(OPERATOR))
  assert.ok(book.trust(OPERATOR))
  assert.equal(book.distrusted().size, 0)
})

/** As ethers 5 wrote it for the key 5e5e…5e and the passphrase "correct horse", with a low cost. */
const KEYSTORE = {
  version: 3,
  Crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '64fc03b9b6a659150dd1533a6a9fb691' },
    ciphertext: 'c8ba8d05ff0904e2df5d20559225e1d2878db8d2127db1ba96d424b32ae601d9',
    kdf: 'scrypt',
    kdfparams: {
      salt: '747b23b6b26011752d9790b04c8bb135f9708eac5416382fa85cdf1979394e7c',
      n: 1_024,
      dklen: 32,
      p: 1,
      r: 8,
    },
    mac: '1bef0c2a72f4ddbdafd197baf24192e5cb1656bba928cf36a7873d34fca5c350',
  },
}

test('a key is read from hex that only its owner can read, or from a keystore as other programs write it', async () => {
  const key = generatePrivateKey()
  const path = join(root, 'wallet')
  const ask = async () => 'correct horse'
  writeFileSync(path, `${key}\n`, { mode: 0o600 })
  assert.equal(await readWalletFile(path, ask), key)
  chmodSync(path, 0o644)
  await assert.rejects(readWalletFile(path, ask), refusedAs('wallet_file_invalid'))
  writeFileSync(path, JSON.stringify(KEYSTORE))
  assert.equal(await readWalletFile(path, ask), `0x${'5e'.repeat(32)}`)
  await assert.rejects(
    readWalletFile(path, async () => 'wrong'),
    refusedAs('passphrase_wrong'),
  )
  writeFileSync(path, '{}')
  await assert.rejects(readWalletFile(path, ask), refusedAs('wallet_file_invalid'))
})

test('a keystore with a number or a hash that cannot be is refused by the name of the field', async () => {
  const path = join(root, 'torn-wallet')
  const { Crypto } = KEYSTORE
  const { n: _n, ...withoutCost } = Crypto.kdfparams
  const faults: [object, RegExp][] = [
    [{ mac: Crypto.mac.slice(2) }, /crypto\.mac/],
    [{ kdfparams: withoutCost }, /crypto\.kdfparams\.n/],
    [{ kdfparams: { ...Crypto.kdfparams, n: 1_000 } }, /crypto\.kdfparams\.n/],
    [{ kdf: 'pbkdf2' }, /crypto\.kdfparams\.c/],
    [{ cipherparams: { iv: '64' } }, /crypto\.cipherparams\.iv/],
    [{ ciphertext: '' }, /crypto\.ciphertext/],
  ]
  for (const [fault, field] of faults) {
    writeFileSync(path, JSON.stringify({ version: 3, crypto: { ...Crypto, ...fault } }))
    await assert.rejects(
      readWalletFile(path, async () => 'correct horse'),
      error => refusedAs('wallet_file_invalid')(error) && field.test(String(error)),
    )
  }
})

test('a passphrase is read from a file that only its owner can read', async () => {
  const file = join(root, 'passphrase')
  const source = { file, variable: 'NONE', question: '' }
  writeFileSync(file, 'correct horse\n', { mode: 0o600 })
  assert.equal(await readPassphrase(source), 'correct horse')
  chmodSync(file, 0o640)
  await assert.rejects(readPassphrase(source), /0600/)
})

test('a file of a newer release is left as it is', () => {
  const at = folder()
  const database = openDatabase(at)
  const { user_version: step } = database.prepare('PRAGMA user_version').get() ?? {}
  database.exec(`PRAGMA user_version = ${Number(step) + 1}`)
  database.close()
  assert.throws(() => openDatabase(at), refusedAs('config_invalid'))
})

test('on a public chain no edge says where the chain is', async () => {
  const config = join(root, 'public.json')
  const fields = ['money', 'works', 'operators', 'policy', 'admissions', 'gate', 'keyNetwork', 'settlement']
  const names = [...fields, 'collector', 'multicall3'].map(name => [name, OPERATOR])
  const addresses = { chainId: 84_532, deployedAtBlock: 1, ...Object.fromEntries(names) }
  const edge = await serveHttp((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ addresses, rpcUrls: ['http://127.0.0.1:9'] }))
  })
  writeFileSync(config, JSON.stringify({ edge: edge.url, addresses }))
  const refused = assert.rejects(
    enter(readSettings({ config })),
    error => refusedAs('config_invalid')(error) && /rpc/.test(String(error)),
  )
  await refused.finally(() => edge.stop())
})

test('flags beat the file, the file beats the defaults, and a setting that is none is refused by name', () => {
  const config = join(root, 'gateway.json')
  writeFileSync(config, JSON.stringify({ dailyCap: '7', port: 9, wallet: 'me.json' }))
  const { dailyCap, port, wallet, edge } = readSettings({ config, port: '10' })
  assert.deepEqual([dailyCap, port, wallet], [7_000_000n, 10, join(root, 'me.json')])
  assert.equal(edge, 'http://127.0.0.1:8787')
  writeFileSync(config, JSON.stringify({ dailyCup: '7' }))
  assert.throws(() => readSettings({ config }), /dailyCup/)
  assert.throws(() => readSettings({ dailyCap: 'all' }), refusedAs('config_invalid'))
})
