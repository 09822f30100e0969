/** `npm start` as its user meets it: ready, kept between starts, stopped by Ctrl-C without a trace, plain about bad input. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { freeOffset, shiftedPorts } from './ports.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-start-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const START = join(import.meta.dirname, 'start.ts')

function start(...args: string[]) {
  const child = spawn(process.execPath, [START, '--folder', folder, ...args], {
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      output += data
    })
  }
  const exit = new Promise<number | null>(resolve => child.once('close', resolve))
  return { child, exit, output: () => output }
}

async function until(
  text: string,
  { child, output }: { child: ChildProcess; output: () => string },
): Promise<void> {
  while (!output().includes(text)) {
    assert.equal(child.exitCode, null, output())
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(true))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)))
  })

test('a market starts, is stopped by Ctrl-C leaving no part behind, and goes on where it was', async () => {
  const offset = String(await freeOffset())
  const ports = shiftedPorts(offset)
  const first = start('--port-offset', offset)
  await until('Ready after', first)
  const works = async () => (await fetch(`http://127.0.0.1:${ports.edge}/v1/works?limit=50`)).json()
  const before: { works: { workId: string; openings: number }[] } = await works()
  assert.deepEqual(
    before.works.map(({ openings }) => openings).sort(),
    [0, 1, 1, 1, 1, 1],
    'proven, but for one',
  )
  first.child.kill('SIGINT')
  assert.equal(await first.exit, 0, first.output())
  for (const port of [ports.chain, ports.edge, ports.node, ...ports.keyNodes]) {
    assert.equal(await listens(port), false, `port ${port} is still held`)
  }
  const second = start('--port-offset', offset)
  await until('Ready after', second)
  assert.match(second.output(), /as you left them/)
  const { operators } = await (await fetch(`http://127.0.0.1:${ports.edge}/v1/operators`)).json()
  assert.deepEqual(
    operators.map(({ health }: { health: { uptime_last_1d: number } }) => health.uptime_last_1d),
    [100],
    'nobody is measured before it is up, at either start',
  )
  const again: { works: { workId: string }[] } = await works()
  assert.deepEqual(again.works.map(work => work.workId).sort(), before.works.map(work => work.workId).sort())
  second.child.kill('SIGTERM')
  assert.equal(await second.exit, 0, second.output())
})

test('Ctrl-C in the middle of a start leaves no part behind either', async () => {
  const offset = String(await freeOffset())
  const ports = shiftedPorts(offset)
  const started = start('--port-offset', offset, '--fresh')
  await until('chain and ledger', started)
  started.child.kill('SIGINT')
  assert.equal(await started.exit, 0, started.output())
  for (const port of [ports.chain, ports.edge, ports.node, ...ports.keyNodes]) {
    assert.equal(await listens(port), false, `port ${port} is still held`)
  }
})

test('a port that is taken is named, with the part that needs it, and nothing is started', async () => {
  const offset = String(await freeOffset())
  const { edge } = shiftedPorts(offset)
  const holder = createServer()
  await new Promise<void>(resolve => holder.listen(edge, '127.0.0.1', resolve))
  const refused = start('--port-offset', offset)
  assert.equal(await refused.exit, 1)
  assert.match(refused.output(), new RegExp(`port ${edge} in use.*free for the edge`))
  await new Promise(resolve => holder.close(resolve))
})

for (const [what, args, expected] of [
  ['a wrong flag', ['--bogus'], /Got .*--bogus.*Expected only --fresh, --model/],
  ['a port offset that is no number', ['--port-offset', 'x'], /Got x\. Expected a whole number/],
] as const) {
  test(`${what} gets one sentence, one mend and exit code 1`, async () => {
    const refused = start(...args)
    assert.equal(await refused.exit, 1)
    assert.match(refused.output(), expected)
    assert.equal(refused.output().trim().split('\n').length, 2, refused.output())
  })
}

test('a model file that is missing, or is no GGUF, is named before anything is started', async () => {
  for (const model of [join(folder, 'missing.gguf'), START]) {
    const offset = String(await freeOffset())
    const refused = start('--port-offset', offset, '--model', model)
    assert.equal(await refused.exit, 1)
    assert.match(refused.output(), /The model file cannot be used\./)
    assert.doesNotMatch(refused.output(), /chain and ledger/)
  }
})

test('a GGUF that the engine refuses ends a start that is under way, and every part that had started is stopped', async () => {
  const model = `${folder}.truncated.gguf`
  after(() => rmSync(model, { force: true }))
  writeFileSync(model, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(64, 0xff)]))
  const offset = String(await freeOffset())
  const ports = shiftedPorts(offset)
  const refused = start('--port-offset', offset, '--fresh', '--model', model)
  assert.equal(await refused.exit, 1)
  assert.match(refused.output(), /key nodes: 3 answer/)
  assert.match(refused.output(), /The model file cannot be used\./)
  for (const port of [ports.chain, ports.edge, ports.node, ...ports.keyNodes]) {
    assert.equal(await listens(port), false, `port ${port} is still held`)
  }
})
