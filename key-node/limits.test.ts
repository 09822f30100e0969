/** What senders of half a request, or of too many, can do to a key node: cost it little, and others nothing. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { type KeyWorld, startKeyWorld } from './fixture.ts'
import { RateLimiter } from './limits.ts'
import { HANDSHAKE_PATH } from './wire.ts'

const limits = { requestsPerSecond: 500, burst: 500, concurrent: 4, concurrentPerAddress: 2 }
const HALF_SENT = 32

let world: KeyWorld

before(async () => {
  world = await startKeyWorld()
  await world.stopNode(0)
  await world.startNode(0, { limits })
})
after(() => world.stop())

const greet = (): Promise<Response> =>
  fetch(world.nodeUrl(0) + HANDSHAKE_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ challenge: 'aa' }),
  })

async function halfSend(path: string): Promise<Socket> {
  const socket = connect(world.ports[0] ?? 0, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`,
  )
  return socket
}

test('requests that are sent by half shut nobody out, and are ended within seconds', async () => {
  const sockets = await Promise.all(
    Array.from({ length: HALF_SENT }, (_, i) => halfSend(i % 2 ? HANDSHAKE_PATH : '/health')),
  )
  const startedMs = performance.now()
  const ended = Promise.all(sockets.map(socket => once(socket.resume(), 'close')))
  await new Promise(resolve => setTimeout(resolve, 200))
  assert.equal((await greet()).status, 200)
  assert.equal((await fetch(`${world.nodeUrl(0)}/health`)).status, 200)
  await ended
  assert.ok(performance.now() - startedMs < 6_000)
  assert.equal((await greet()).status, 200)
})

test('one address has its own number of requests under way, and leaves room for others', async () => {
  const limiter = new RateLimiter(limits)
  const { promise: done, resolve: finish } = Promise.withResolvers<void>()
  const busy = [limiter.run('a', () => done), limiter.run('a', () => done)]
  await assert.rejects(
    limiter.run('a', async () => {}),
    { code: 'rate_limited', message: /at most 2/ },
  )
  busy.push(
    limiter.run('b', () => done),
    limiter.run('c', () => done),
  )
  await assert.rejects(
    limiter.run('d', async () => {}),
    { code: 'rate_limited', message: /as it can/ },
  )
  finish()
  await Promise.all(busy)
  assert.equal(await limiter.run('a', async () => 'served'), 'served')
})

test('who keeps asking too fast is still served at the stated rate', () => {
  const limiter = new RateLimiter({ ...limits, requestsPerSecond: 1, burst: 1 })
  let served = 0
  for (let ms = 0; ms < 10_000; ms += 250)
    try {
      limiter.take('a', ms)
      served += 1
    } catch {
      // Too fast: what is counted is who was served.
    }
  assert.equal(served, 10)
})
