/** What one connection may hold: callers that send slowly, do not read, or come in crowds are let go, and others are served. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { type ServerType, serve } from '@hono/node-server'
import { capConnections, slowSenders } from './connections.ts'

/** The slow reader's sips are 250 ms apart: a machine that stands still for less than the rest of it fails nothing. */
const CAPS = { connections: 4, sendSeconds: 1, unreadSeconds: 4 }
const PIECE = new Uint8Array(1024 * 1024)
let server: ServerType
let port: number
let cancelled = 0

/** More than any buffer between the two takes. */
const endless = () =>
  new ReadableStream<Uint8Array>({
    pull: controller => controller.enqueue(PIECE),
    cancel: () => void cancelled++,
  })

before(async () => {
  const fetch = async (request: Request) => {
    if (request.url.endsWith('/endless')) return new Response(endless())
    return new Response(await request.text())
  }
  await new Promise<void>(resolve => {
    server = serve({ fetch, hostname: '127.0.0.1', port: 0, serverOptions: slowSenders(CAPS) }, () =>
      resolve(),
    )
  })
  capConnections(server, CAPS)
  port = (server.address() as AddressInfo).port // Safety: it listens on a TCP port.
})
after(() => {
  if ('closeAllConnections' in server) server.closeAllConnections()
  server.close()
})

const open = async (text = ''): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}
const closed = (socket: Socket) =>
  new Promise<void>(resolve => (socket.destroyed ? resolve() : socket.once('close', () => resolve())))
const HALF = 'POST / HTTP/1.1\r\nhost: node\r\ncontent-length: 10\r\n\r\nhalf'

test('a caller that sends half of its headers or of its body is let go', async () => {
  const halves = ['GET / HTTP/1.1\r\nhost: no', HALF].map(async text => {
    const socket = await open(text)
    let answer = ''
    socket.on('data', data => {
      answer += data
    })
    await closed(socket)
    assert.match(answer, /^HTTP\/1.1 408/)
  })
  await Promise.all(halves)
})

test('a caller that takes nothing of its answer is let go, and the answer ends', async () => {
  const socket = await open('GET /endless HTTP/1.1\r\nhost: node\r\n\r\n')
  socket.pause()
  const until = Date.now() + 30_000
  while (cancelled === 0 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 50))
  assert.equal(cancelled, 1)
  socket.destroy()
})

test('a caller that reads slowly but does read keeps its answer', async () => {
  const socket = await open('GET /endless HTTP/1.1\r\nhost: node\r\n\r\n')
  socket.pause()
  const before = cancelled
  const until = Date.now() + (CAPS.unreadSeconds + 2) * 1_000
  while (Date.now() < until) {
    // A sip that the system notices: less than its buffers would be no reading at all to the other side.
    socket.resume()
    await new Promise(resolve => setTimeout(resolve, 100))
    socket.pause()
    await new Promise(resolve => setTimeout(resolve, 200))
  }
  assert.equal(cancelled, before, 'the server gave the answer up')
  socket.destroy()
})

test('beyond the cap a connection is closed at once, and the others go on', async () => {
  const crowd = await Promise.all([open(), open(), open(), open()])
  await closed(await open(HALF))
  crowd[0]?.destroy()
  for (const socket of crowd.slice(1)) socket.destroy()
  await Promise.all(crowd.map(closed))
  const until = Date.now() + 10_000
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'there' }).then(
      r => r.text(),
      () => '',
    )
  let answer = ''
  while (answer !== 'there' && Date.now() < until) answer = await ask()
  assert.equal(answer, 'there')
})
