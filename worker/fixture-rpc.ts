/** An endpoint of a real chain that behaves as a test wants: it lags, lies, fails, or waits before it answers. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Call = { method: string; params: unknown[] }
export type Ask = (call: Call) => Promise<unknown>
/** What to answer to a call, with the real endpoint to ask. */
export type Behaviour = (call: Call, real: Ask) => Promise<unknown>
export const honest: Behaviour = (call, real) => real(call)

export type Rpc = Awaited<ReturnType<typeof startRpc>>

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

export async function startRpc(target: string) {
  let behaviour = honest
  const asked: string[] = []
  const real: Ask = async call => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, ...call })
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const answer = (await response.json()) as { result?: unknown; error?: { message: string } } // Safety: JSON-RPC.
    if (answer.error) throw new Error(answer.error.message)
    return answer.result
  }
  const server = createServer(async (request, response) => {
    const { id, method, params = [] } = JSON.parse(await bodyOf(request))
    asked.push(method)
    const outcome = await behaviour({ method, params }, real).then(
      result => ({ result }),
      error => ({ error: { code: -32_000, message: String(error.message) } }),
    )
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // Safety: it listens on a port.
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    behave: (next: Behaviour) => {
      behaviour = next
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const fails: Behaviour = async () => {
  throw new Error('the endpoint is down')
}

/** Knows no block above this one. */
export const lagsAt =
  (block: number): Behaviour =>
  ({ method, params }, real) => {
    const late = {
      method,
      params: params.map(param => (param === 'latest' ? `0x${block.toString(16)}` : param)),
    }
    return method === 'eth_blockNumber' ? Promise.resolve(late.params[0]) : real(late)
  }

/** Answers this method with something else than is so. */
export const liesAbout =
  (method: string, lie: (truth: never, call: Call) => unknown): Behaviour =>
  async (call, real) => {
    const truth = await real(call)
    return call.method === method ? lie(truth as never, call) : truth // Safety: the lie knows what the method answers.
  }
