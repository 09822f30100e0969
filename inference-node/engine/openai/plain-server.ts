/** A test fixture: our own engine behind OpenAI's plain paths, with no payment; real llama.cpp answers what it is asked. */
import type { AddressInfo } from 'node:net'
import { chatRequest } from '@grimoire/schema/chat'
import { utterancesOf } from '@grimoire/schema/utterance'
import { type ServerType, serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { callOf, type Piece } from '../../api/pieces.ts'
import { samplingOf } from '../../api/sampling.ts'
import type { Engine } from '../engine.ts'

export type PlainServer = {
  baseUrl: string
  /** Dies in the middle of its next answer, once so many pieces of it are made. */
  dieAfter(pieces: number): void
  close(): void
}

/** Each admitted work of the engine is a model of its name; tokens are counted on the path that vLLM counts on. */
export async function startPlainServer(engine: Engine, works: readonly string[]): Promise<PlainServer> {
  const app = new Hono()
  let left = Number.POSITIVE_INFINITY
  app.get('/v1/models', c => c.json({ object: 'list', data: works.map(id => ({ id, object: 'model' })) }))
  app.post('/tokenize', async c => {
    const request = chatRequest.parse(await c.req.json())
    return c.json({ count: await engine.count(utterancesOf(request.messages), samplingOf(request, {})) })
  })
  app.post('/v1/chat/completions', async c => {
    const request = chatRequest.parse(await c.req.json())
    return streamSSE(c, async stream => {
      const say = (value: unknown) => stream.writeSSE({ data: JSON.stringify(value) })
      const gone = new AbortController()
      stream.onAbort(() => gone.abort())
      let calls = 0
      const deliver = ({ text, call }: Piece) => {
        if (--left <= 0) return close()
        const delta = call ? { tool_calls: [{ index: calls++, ...call }] } : { content: text }
        return say({ choices: [{ index: 0, delta, finish_reason: null }] })
      }
      const leave = await engine.turnstile.enter({ signal: gone.signal })
      const end = await engine
        .chat({
          ...{ work: request.model, messages: utterancesOf(request.messages), signal: gone.signal },
          sampling: samplingOf(request, {}),
          onText: text => void deliver({ text }),
          onCall: call => void deliver({ call: callOf(call) }),
        })
        .finally(leave)
      await say({ choices: [{ index: 0, delta: {}, finish_reason: end.reason }] })
      const usage = { prompt_tokens: end.inputTokens, completion_tokens: end.outputTokens }
      await say({ choices: [], usage })
      await stream.writeSSE({ data: '[DONE]' })
    })
  })
  const server = await new Promise<ServerType>(resolve => {
    const listening = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => resolve(listening))
  })
  const { port } = server.address() as AddressInfo // Safety: it listens on a TCP port.
  function close() {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
  const dieAfter = (pieces: number) => {
    left = pieces
  }
  return { baseUrl: `http://127.0.0.1:${port}/v1`, dieAfter, close }
}
