/** Servers that stand before a real node, for tests: each hands on what it is asked, and does one thing wrong. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, serveHttp } from './fixture.ts'

export const isPaid = (request: IncomingMessage): boolean =>
  request.headers['payment-signature'] !== undefined

/** What the node answers to the same question. */
export async function forwarded(
  nodeUrl: string,
  request: IncomingMessage,
  signal?: AbortSignal,
): Promise<Response> {
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers
  return fetch(nodeUrl + request.url, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>, // Safety: none of ours is sent twice.
    ...(signal ? { signal } : {}),
    ...(request.method === 'POST' ? { body: await bodyOf(request) } : {}),
  })
}

/** A network that loses each connection to an answer after so many events. */
export async function startLossyNetwork(nodeUrl: string, events: number) {
  const seen = { connections: 0 }
  const relay = async (request: IncomingMessage, response: ServerResponse) => {
    const gone = new AbortController()
    const answer = await forwarded(nodeUrl, request, gone.signal)
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    const streams = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
    if (streams) seen.connections++
    let left = streams ? events : Number.POSITIVE_INFINITY
    for await (const bytes of answer.body ?? []) {
      await new Promise(resolve => response.write(bytes, resolve))
      left -= new TextDecoder().decode(bytes).split('\n\n').length - 1
      if (left > 0) continue
      gone.abort()
      await new Promise(resolve => setTimeout(resolve, 20)) // What was written is on its way before the line is cut.
      return void response.destroy()
    }
    response.end()
  }
  return { ...(await serveHttp((request, response) => void relay(request, response).catch(() => {}))), seen }
}

/** A server that alters the answers that are paid for, and counts them. */
export async function startRelay(nodeUrl: string, alter: (text: string) => string) {
  const seen = { turns: 0 }
  const relay = async (request: IncomingMessage, response: ServerResponse) => {
    const paid = isPaid(request)
    if (paid) seen.turns += 1
    const answer = await forwarded(nodeUrl, request)
    const text = await answer.text()
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(paid && answer.ok ? alter(text) : text)
  }
  return { ...(await serveHttp((request, response) => void relay(request, response))), seen }
}
