/** The engine's sandbox, tried from inside: what native code in there could do, Node's own permissions left aside. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { ENGINE_DEFAULTS, Engine } from './engine.ts'
import { randomBase } from './random-gguf.ts'
import { sandboxOf, wallsFor } from './sandbox.ts'

const { kind, reason } = await sandboxOf()
const skip = kind === 'bubblewrap' ? false : `no bubblewrap here: ${reason}`

const TRY = `
const { writeFileSync, readFileSync } = require('node:fs')
const [port, folder, secret, model] = process.argv.slice(1)
const attempt = run => { try { run(); return 'done' } catch (error) { return error.code } }
const found = {
  written: [folder, '/', '/usr', '/etc', '/home', '/tmp', process.cwd()].map(at => attempt(() => writeFileSync(at + '/escaped', 'x'))),
  secret: attempt(() => readFileSync(secret)),
  model: attempt(() => readFileSync(model)),
  signalled: attempt(() => process.kill(Number(process.env.NODE_OF_TEST), 0)),
}
require('node:net').connect(Number(port), '127.0.0.1')
  .on('connect', () => console.log(JSON.stringify({ ...found, connected: 'done' })))
  .on('error', error => console.log(JSON.stringify({ ...found, connected: error.code })))
`
const told = z.object({
  written: z.array(z.string()),
  secret: z.string(),
  model: z.string(),
  signalled: z.string(),
  connected: z.string(),
})

async function inside(args: string[], readable: string[]) {
  const { before } = await wallsFor({ readable, gpu: false })
  const [program = '', ...rest] = [...before, process.execPath, '-e', TRY, ...args]
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'pipe'],
    env: { NODE_OF_TEST: String(process.pid) },
  })
  let text = ''
  for await (const piece of child.stdout ?? []) text += piece
  return told.parse(JSON.parse(text))
}

test('from the sandbox nothing connects to a loopback port, writes a file, reads a key or signals the node; the model is read', {
  skip,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-sandbox-'))
  const secret = join(folder, 'payment.key')
  const model = join(folder, 'base.gguf')
  for (const path of [secret, model]) writeFileSync(path, 'content', { mode: 0o600 })
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.destroy()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  const found = await inside([String(address.port), folder, secret, model], [model])
  server.close()
  assert.equal(connections, 0)
  assert.notEqual(found.connected, 'done')
  assert.equal(found.written.includes('done'), false, found.written.join())
  assert.equal(existsSync(join(folder, 'escaped')), false)
  assert.equal(found.secret, 'ENOENT')
  assert.equal(found.signalled, 'ESRCH')
  assert.equal(found.model, 'done')
  rmSync(folder, { recursive: true })
})

test('the engine itself runs in there: in its own network and process space, below a root that cannot be written', {
  skip,
}, async t => {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-sandbox-'))
  const modelPath = join(folder, 'base.gguf')
  writeFileSync(modelPath, randomBase())
  const engine = await Engine.start({ ...ENGINE_DEFAULTS, modelPath, gpu: false, threads: 1 })
  t.after(async () => {
    await engine.stop()
    rmSync(folder, { recursive: true })
  })
  const of = (pid: number | string, name: string) => readlinkSync(`/proc/${pid}/ns/${name}`)
  const { pid } = engine
  assert.ok(pid)
  assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /child\.ts/)
  for (const name of ['net', 'pid', 'mnt', 'user']) assert.notEqual(of(pid, name), of('self', name), name)
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n')
  const root = mounts.map(line => line.split(' ')).find(fields => fields[4] === '/')
  assert.match(root?.[5] ?? '', /^ro,/)
  assert.deepEqual(engine.sandbox, { kind: 'bubblewrap' })
})

test('where the sandbox is the lesser one, its reason is told', () => {
  assert.ok(kind === 'bubblewrap' ? reason === undefined : reason)
})
