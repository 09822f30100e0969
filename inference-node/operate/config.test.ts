/** The configuration file: everything in it is explained, what it shows is what holds, and a slip of the pen is named. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { parse } from 'smol-toml'
import { checkConfig, fileConfig } from '../config.ts'
import { readSettings, unlock } from './config-file.ts'
import { configText } from './config-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-config-'))
after(() => rmSync(folder, { recursive: true }))

const someone = `0x${'11'.repeat(20)}`
const PLACES = ['money', 'works', 'operators', 'policy', 'admissions', 'gate', 'keyNetwork', 'settlement']
const CHOSEN = {
  rpcUrl: 'http://127.0.0.1:8545',
  edges: ['http://127.0.0.1:8787'],
  operator: someone,
  model: 'hf:someone/base:Q4_K_M',
  directory: 'state',
  addresses: {
    chainId: 31337,
    ...Object.fromEntries([...PLACES, 'collector', 'multicall3'].map(name => [name, someone])),
    deployedAtBlock: 0,
  },
  paymentKey: { file: 'payment.key' },
  sessionKey: { env: 'SESSION' },
}
const written = configText(CHOSEN)

function settingsOf(text: string, name = 'node.toml') {
  const path = join(folder, name)
  writeFileSync(path, text)
  return readSettings(path)
}

function refusal(text: string, name?: string): string {
  try {
    settingsOf(text, name)
  } catch (error) {
    assert.ok(isProblem(error, 'config_invalid'))
    return error.message
  }
  throw new assert.AssertionError({ message: `taken: ${text.slice(0, 80)}` })
}

test('init writes every setting there is, each under a sentence of its own', () => {
  for (const [key, schema] of Object.entries(fileConfig.shape)) {
    assert.match(schema.description ?? '', /\w.*[.:]?/, `${key} has a description in config.ts`)
    assert.match(written, new RegExp(`^#?(\\[${key}\\]|${key} = )`, 'm'), `${key} stands in the file`)
  }
  const lines = written.split('\n')
  const bare = lines.filter(
    (line, at) => /^#?\w+ = /.test(line) && !/^# |^\[|^#?\w+ = /.test(lines[at - 1] ?? ''),
  )
  assert.deepEqual(bare, [])
  assert.ok(lines.every(line => line.length <= 120 || !line.startsWith('# ')))
})

test('what stands behind a # is what holds when it is left out', () => {
  const plain = checkConfig(fileConfig, parse(written))
  const said = written.replace(/^#(\w+ = )(?!"")/gm, '$1')
  assert.deepEqual(checkConfig(fileConfig, parse(said)), plain)
  assert.notEqual(said, written)
})

test('a misspelt setting is named with the one that was meant; a torn file by its line; JSON is read too', () => {
  assert.match(
    refusal(`claimEverySecond = 5\n${written}`),
    /claimEverySecond, .*Expected claimEverySeconds\./,
  )
  assert.match(
    refusal(written.replace('[engine]', '[engine]\ntreads = 2')),
    /engine\.treads.*Expected engine\.threads\./,
  )
  assert.match(refusal(`rpc_url = "x"\n${written.replace(/^rpcUrl.*$/m, '')}`), /Expected rpcUrl\./)
  assert.match(refusal(`${written}\n[operate\n`), /node\.toml, line \d+, column \d+/)
  const fromJson = settingsOf(JSON.stringify(CHOSEN), 'node.json')
  assert.deepEqual(fromJson, settingsOf(written))
  assert.equal(fromJson.directory, join(folder, 'state'))
})

test('keys open only from files that others cannot read, and an empty or short one is refused', async () => {
  const key = join(folder, 'payment.key')
  writeFileSync(key, `${'07'.repeat(32)}\n`, { mode: 0o600 })
  process.env.SESSION = `0x${'08'.repeat(32)}`
  const settings = settingsOf(written)
  assert.equal((await unlock(settings)).paymentKey, `0x${'07'.repeat(32)}`)
  chmodSync(key, 0o644)
  await assert.rejects(unlock(settings), /chmod 600/)
  process.env.SESSION = '0x07'
  chmodSync(key, 0o600)
  await assert.rejects(unlock(settings), /32 bytes/)
})
