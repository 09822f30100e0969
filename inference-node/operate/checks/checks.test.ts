/** What `doctor` finds on a machine where something is wrong: each by name, with its mend. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'smol-toml'
import { toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { checkConfig, type FileConfig, fileConfig } from '../../config.ts'
import { encryptKey, writeKeystore } from '../keystore.ts'
import { chain, edges } from './chain.ts'
import { type Examine, examined, type Outcome, type Patient } from './check.ts'
import { files, keys, model } from './machine.ts'
import { endpoint, ports, tls } from './network.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-doctor-'))
after(() => rmSync(folder, { recursive: true }))

const place = `0x${'11'.repeat(20)}`
const names = ['money', 'works', 'operators', 'policy', 'admissions', 'gate', 'keyNetwork', 'settlement']
const config = join(folder, 'node.toml')
writeFileSync(config, '', { mode: 0o600 })

const settingsOf = (changes: object): FileConfig =>
  checkConfig(fileConfig, {
    ...parse('rpcUrl = "http://127.0.0.1:9"\nedges = ["http://127.0.0.1:9"]'),
    ...{ operator: place, directory: join(folder, 'state'), model: join(folder, 'base.gguf') },
    ...{ paymentKey: { env: 'NONE' }, sessionKey: { env: 'NONE' }, endpoint: 'https://node.test' },
    addresses: {
      ...Object.fromEntries([...names, 'collector', 'multicall3'].map(name => [name, place])),
      ...{ chainId: 1, deployedAtBlock: 0 },
    },
    ...changes,
  })

async function found(examine: Examine, changes: object, outcome: Outcome, fact: RegExp): Promise<void> {
  const patient: Patient = {
    ...{ settings: settingsOf(changes), configPath: config },
    ...{ ledger: null, status: null, quick: true },
  }
  const check = await examined('it', examine, patient)
  assert.equal(check.outcome, outcome, check.fact)
  assert.match(check.fact, fact)
  assert.equal(/\S/.test(check.mend ?? ''), outcome === 'fail' || outcome === 'warn', check.mend)
}

test('a silent chain, silent edges and a missing model are failures that say where', async () => {
  await found(chain, {}, 'fail', /127\.0\.0\.1:9 does not answer as chain 1/)
  await found(edges, {}, 'fail', /none answers: http:\/\/127\.0\.0\.1:9/)
  await found(model, {}, 'fail', /base\.gguf is not on this disk/)
  writeFileSync(join(folder, 'base.gguf'), 'GGUF, it says')
  await found(model, {}, 'fail', /./)
})

test('a key file that others may read, or that is gone, is a failure', async () => {
  const key = join(folder, 'payment.json')
  const changes = { paymentKey: { keystore: key } }
  await found(files, changes, 'fail', /not there: .*payment\.json/)
  writeFileSync(key, '{}', { mode: 0o600 })
  await found(files, changes, 'ok', /1 secret file/)
  chmodSync(key, 0o640)
  await found(files, changes, 'fail', /open to others: .*payment\.json/)
})

test('an RPC is shown without the key in its path, also where its own error quotes it', async () => {
  const rpcUrl = 'http://127.0.0.1:9/v2/secret?key=secret'
  await found(chain, { rpcUrl }, 'fail', /^http:\/\/127\.0\.0\.1:9 does not/)
  const quoting = () => Promise.reject(new Error(`HTTP request failed. URL: ${rpcUrl}`))
  await found(quoting, { rpcUrl }, 'fail', /URL: http:\/\/127\.0\.0\.1:9$/)
})

test('keystores are opened where a passphrase is at hand, and one that does not open is a failure', async () => {
  const [payment, passphraseFile] = [join(folder, 'sealed.json'), join(folder, 'opens')]
  const secret = Buffer.alloc(32, 7)
  const { address } = privateKeyToAccount(toHex(secret))
  writeKeystore(payment, await encryptKey(secret, 'correct horse battery', { address }))
  process.env.DOCTOR_SESSION = `0x${'08'.repeat(32)}`
  const sealed = { paymentKey: { keystore: payment }, sessionKey: { env: 'DOCTOR_SESSION' } }
  await found(keys, sealed, 'skip', /no passphrase at hand/)
  writeFileSync(passphraseFile, 'correct horse battery', { mode: 0o600 })
  await found(keys, { ...sealed, passphraseFile }, 'ok', /both open/)
  writeFileSync(passphraseFile, 'another')
  await found(keys, { ...sealed, passphraseFile }, 'fail', /does not open with this passphrase/)
  writeFileSync(passphraseFile, 'correct horse battery')
  const store = JSON.parse(readFileSync(payment, 'utf8'))
  writeFileSync(payment, JSON.stringify({ ...store, address: '22'.repeat(20) }))
  await found(keys, { ...sealed, passphraseFile }, 'fail', /paymentKey: the file names another key/)
})

test('a port that another program holds is named', async () => {
  const holder = createServer()
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo // Safety: it listens on a TCP port.
  await found(ports, { port }, 'fail', new RegExp(`port 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)`))
  holder.close()
  await found(ports, { port: 0 }, 'ok', /any free port/)
  await found(endpoint, {}, 'skip', /does not run/)
})

/** Made by openssl where there is one: Node makes keys, but no certificates. */
function certificate(host: string, days: number): { certificateFile: string; keyFile: string } | null {
  const made = { certificateFile: join(folder, `${host}.pem`), keyFile: join(folder, `${host}.key`) }
  const asked = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', String(days)],
    ...['-out', made.certificateFile, '-keyout', made.keyFile],
  ]
  try {
    execFileSync('openssl', asked, { stdio: 'ignore' })
    return made
  } catch {
    return null
  }
}

test('http that strangers see, another host’s certificate, one that ends soon, a key of another: each is said', async context => {
  await found(tls, { endpoint: 'http://node.test' }, 'fail', /not encrypted/)
  await found(tls, { endpoint: 'http://127.0.0.1:8080' }, 'ok', /on this machine only/)
  const [good, soon, other] = [
    certificate('node.test', 90),
    certificate('soon.test', 5),
    certificate('x.test', 90),
  ]
  if (!good || !soon || !other) return context.skip('openssl is not here to make certificates')
  await found(tls, { tls: good }, 'ok', /for node\.test/)
  await found(tls, { tls: other }, 'fail', /not for node\.test/)
  await found(tls, { tls: soon, endpoint: 'https://soon.test' }, 'warn', /ends in \d days/)
  await found(tls, { tls: { ...good, keyFile: other.keyFile } }, 'fail', /x\.test\.key is not the key/)
})
