/** The key node as a process: ready line, clean stop, and one sentence with one mend on bad settings. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PASSPHRASE_VARIABLE } from './config.ts'
import { type KeyWorld, PASSPHRASE, startKeyWorld } from './fixture.ts'

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

let world: KeyWorld
let files = 0

before(async () => {
  world = await startKeyWorld()
  await world.stopNode(0)
})
after(() => world.stop())

function configFile(changes: object = {}): string {
  files += 1
  const path = join(world.folder, `config-${files}.json`)
  writeFileSync(path, JSON.stringify({ ...world.settings(0), ...changes }))
  return path
}

function run(args: string[], environment: Record<string, string> = { [PASSPHRASE_VARIABLE]: PASSPHRASE }) {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, args, { env: { PATH, NODE_COMPILE_CACHE, ...environment } })
  const said = { out: '', err: '' }
  child.stdout.on('data', chunk => {
    said.out += chunk
  })
  child.stderr.on('data', chunk => {
    said.err += chunk
  })
  return { child, said, ended: once(child, 'close').then(([code]) => Number(code)) }
}

async function fails(args: string[], expected: RegExp, environment?: Record<string, string>): Promise<void> {
  const { said, ended } = run(args, environment)
  assert.equal(await ended, 1, said.out + said.err)
  assert.match(said.err, expected)
  assert.equal(said.err.trim().split('\n').length, 1, said.err)
  assert.doesNotMatch(said.err, /\bat .*:\d+/)
}

test('it says ready in one line, answers, and stops cleanly on SIGTERM', async () => {
  const { child, said, ended } = run([script('main.ts'), '--config', configFile()])
  while (!said.out.includes('\n') && child.exitCode === null)
    await new Promise(resolve => setTimeout(resolve, 20))
  const { ready, url } = JSON.parse(said.out)
  assert.equal(ready, true)
  assert.equal(url, world.nodeUrl(0))
  assert.equal((await fetch(`${url}/health`)).status, 200)
  child.kill('SIGTERM')
  assert.equal(await ended, 0, said.err)
  const events = said.err
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).event)
  assert.deepEqual(events, ['started', 'stopped'])
})

test('bad settings end it with exit code 1, one sentence and one mend', async () => {
  const main = script('main.ts')
  await fails([main], /--config file\.json/)
  await fails([main, '--confg', 'x'], /confg/)
  await fails([main, '--config', '/nonexistent.json'], /not a readable JSON file.*start again/)
  await fails([main, '--config', configFile({ port: 'x' })], /port/)
  await fails([main, '--config', configFile({ unknown: 1 })], /unknown/)
  await fails([main, '--config', configFile()], /No passphrase/, {})
  await fails([main, '--config', configFile()], /wrong passphrase/, {
    [PASSPHRASE_VARIABLE]: 'another passphrase',
  })
  await fails([main, '--config', configFile()], /7 characters.*at least 8/, {
    [PASSPHRASE_VARIABLE]: 'seven77',
  })
})

test('a chain that does not answer, another chain and a foreign share end it as plainly', async () => {
  const main = script('main.ts')
  const { chain } = world.settings(0)
  await fails(
    [main, '--config', configFile({ chain: { ...chain, rpcUrl: 'http://127.0.0.1:1' } })],
    /chain does not answer/,
  )
  await fails(
    [main, '--config', configFile({ chain: { ...chain, chainId: 8453 } })],
    /another chain.*31337.*8453/,
  )
  const { gate } = world.addresses
  await fails(
    [main, '--config', configFile({ chain: { ...chain, keyNetwork: gate } })],
    /key network could not be read/,
  )
})

test('a port that is taken is named', async () => {
  const holder = createServer()
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve))
  const address = holder.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await fails(
    [script('main.ts'), '--config', configFile({ port })],
    new RegExp(`port .* taken.*127\\.0\\.0\\.1:${port}`),
  )
  holder.close()
})

test('the dealer says that it is for development, and writes files that only their owner reads', async () => {
  const out = join(world.folder, 'dealt')
  const { said, ended } = run([
    script('development-dealer.ts'),
    '--nodes',
    '5',
    '--threshold',
    '3',
    '--out',
    out,
  ])
  assert.equal(await ended, 0, said.err)
  const dealt = JSON.parse(said.out)
  assert.match(dealt.notice, /^DEVELOPMENT ONLY/)
  assert.equal(dealt.files.length, 5)
  assert.equal(JSON.parse(readFileSync(dealt.files[0], 'utf8')).networkKey, dealt.networkKey)
  await fails([script('development-dealer.ts'), '--nodes', '2', '--threshold', '3', '--out', out], /3 of 2/)
})
