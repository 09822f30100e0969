/** A real HTTP server between two parts: it hands on what passes, and alters what a test tells it to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

export type Passing = { path: string; status: number; headers: Headers; body: Uint8Array<ArrayBuffer> }
export type Asked = { method: string; path: string; headers: Headers }
export type Between = Awaited<ReturnType<typeof startProxy>>

const ENCODING_HEADERS = ['content-encoding', 'content-length', 'transfer-encoding', 'connection']

async function bytesOf(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Uint8Array.from(Buffer.concat(chunks))
}

const headersOf = (request: IncomingMessage): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name === 'host' || name === 'connection' || name === 'content-length') continue
    headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

type Where = {
  /** Without one any free port. */
  port?: number
  /** Paths that are never handed on: this is the answer. */
  instead?: Record<string, string>
}

/** Hands on what is asked; `alter` may change or replace an answer before it is given back. */
export async function startProxy(
  target: string,
  alter: (passing: Passing) => Passing | Promise<Passing>,
  { port = 0, instead = {} }: Where = {},
) {
  const asked: Asked[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url: path = '/' } = request
    const headers = headersOf(request)
    asked.push({ method, path, headers })
    const body = await bytesOf(request)
    const own = instead[path]
    if (own !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(own)
      return
    }
    const answer = await fetch(target + path, { method, headers, ...(body.length > 0 ? { body } : {}) })
    const passed = await alter({
      path,
      status: answer.status,
      headers: new Headers(answer.headers),
      body: new Uint8Array(await answer.arrayBuffer()),
    })
    for (const name of ENCODING_HEADERS) passed.headers.delete(name)
    response.writeHead(passed.status, Object.fromEntries(passed.headers)).end(passed.body)
  }
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const { port: taken } = server.address() as AddressInfo // Safety: it listens on a TCP port.
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${taken}`, asked, stop }
}

/** Takes connections on a port and never says a word. */
export async function startMute(port: number) {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createTcpServer(socket => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
  return { stop, connections: () => connections }
}

export const textOf = ({ body }: Passing): string => new TextDecoder().decode(body)
export const withText = (passing: Passing, text: string): Passing => ({
  ...passing,
  body: new TextEncoder().encode(text),
})
