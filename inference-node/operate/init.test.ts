/** `init` believes no edge about money, finds what was named from where one stands, and goes on where it broke off. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { after, before, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { publicKeys, readSettings } from './config-file.ts'
import { type InitOptions, init } from './init.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-init-'))
const place = `0x${'11'.repeat(20)}`
const PLACES = ['money', 'works', 'operators', 'policy', 'admissions', 'gate', 'keyNetwork', 'settlement']
const addresses = {
  chainId: 8_453,
  ...Object.fromEntries([...PLACES, 'collector', 'multicall3'].map(name => [name, place])),
  deployedAtBlock: 0,
}
/** An edge that names a ledger and an RPC of its own choosing. */
const edge = createServer((_, response) =>
  response.end(JSON.stringify({ addresses, rpcUrls: ['http://127.0.0.1:9'] })),
)
let options: InitOptions

before(async () => {
  await new Promise<void>(resolve => edge.listen(0, '127.0.0.1', resolve))
  const { port } = edge.address() as AddressInfo // Safety: it listens on a TCP port.
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery', { mode: 0o600 })
  writeFileSync(join(folder, 'addresses.json'), JSON.stringify(addresses))
  options = {
    ...{ config: join(folder, 'node/grimoire-node.toml'), json: true, yes: true, operator: place },
    ...{ edge: `http://127.0.0.1:${port}`, passphraseFile: join(folder, 'passphrase') },
  }
})
after(() => {
  edge.close()
  rmSync(folder, { recursive: true })
})

test('off the devnet an edge’s word is shown, and not enough: no key is made on it', async context => {
  let shown = ''
  context.mock.method(process.stderr, 'write', (text: string) => {
    shown += text
    return true
  })
  for (const half of [{}, { rpc: 'http://127.0.0.1:9' }])
    await assert.rejects(init({ ...options, ...half }), error => {
      assert.ok(isProblem(error, 'usage_invalid'))
      return /chain 8453.*--addresses.*--rpc/.test(error.message)
    })
  assert.match(shown, new RegExp(`chainId +8453[^]*works +${place}`))
  assert.ok(!existsSync(join(folder, 'node')))
})

test('what was named from here is found from there; broken off after its keys, init goes on with them', async () => {
  const trusted = {
    ...options,
    ...{ addresses: join(folder, 'addresses.json'), rpc: 'http://127.0.0.1:9' },
    ...{ directory: relative('', join(folder, 'state')), model: relative('', join(folder, 'base.gguf')) },
  }
  await init(trusted)
  const { directory, model } = readSettings(options.config)
  assert.deepEqual([directory, model], [join(folder, 'state'), join(folder, 'base.gguf')])
  await assert.rejects(init(trusted), /there already/)
  rmSync(options.config)
  rmSync(join(folder, 'node/keys/session.json'))
  const payment = readFileSync(join(folder, 'node/keys/payment.json'), 'utf8')
  writeFileSync(join(folder, 'other'), 'another passphrase', { mode: 0o600 })
  await assert.rejects(init({ ...trusted, passphraseFile: join(folder, 'other') }), error =>
    isProblem(error, 'keystore_wrong_passphrase'),
  )
  await init(trusted)
  assert.equal(readFileSync(join(folder, 'node/keys/payment.json'), 'utf8'), payment)
  assert.equal(statSync(options.config).mode & 0o777, 0o600)
  const { address } = JSON.parse(payment)
  const { paymentKey, sessionKey } = await publicKeys(readSettings(options.config))
  assert.deepEqual([paymentKey, sessionKey.length], [`0x${address}`, 66])
})
