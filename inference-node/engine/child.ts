/** The engine process: takes asks from the node over IPC and answers them with llama.cpp. It holds no key and no network. */
import { asProblem } from '@grimoire/schema/problem'
import { LlamaHost } from './llama.ts'
import type { FromChild, PromptProgress, SpokenCall, ToChild } from './protocol.ts'

let host: LlamaHost | undefined
const running = new Map<number, AbortController>()

const say = (message: FromChild) => process.send?.(message)

async function answer(message: ToChild): Promise<unknown> {
  if (message.op === 'boot') {
    host = await LlamaHost.boot(message.options)
    return host.facts
  }
  if (message.op === 'abort') return running.get(message.target)?.abort()
  if (!host) throw new Error('not booted')
  if (message.op === 'open') {
    const { work, adapter, opening } = message
    delete message.adapter
    await host.open(work, adapter, opening)
    if (adapter) setImmediate(() => globalThis.gc?.()) // What brought the adapter here is as large as it.
    return
  }
  if (message.op === 'close') {
    await host.close(message.work)
    globalThis.gc?.()
    return
  }
  if (message.op === 'count') return host.count(message.messages, message.sampling)
  if (message.op === 'stop') return host.stop()
  return chat(host, message)
}

async function chat(on: LlamaHost, ask: Extract<ToChild, { op: 'chat' }>) {
  const abort = new AbortController()
  running.set(ask.id, abort)
  const onText = (text: string) => say({ id: ask.id, kind: 'piece', text })
  const onCall = (call: SpokenCall) => say({ id: ask.id, kind: 'call', call })
  const onProgress = (progress: PromptProgress) => say({ id: ask.id, kind: 'progress', progress })
  try {
    return await on.chat({ ...ask, onText, onCall, onProgress, signal: abort.signal })
  } finally {
    running.delete(ask.id)
  }
}

process.on('message', (message: ToChild) => {
  answer(message).then(
    value => {
      say({ id: message.id, kind: 'done', value })
      if (message.op === 'stop') process.disconnect()
    },
    (error: unknown) => {
      const { code, details } = asProblem(error)
      const { got, expected } = details
      say({
        id: message.id,
        kind: 'failed',
        code,
        ...(typeof got === 'string' ? { got } : {}),
        ...(typeof expected === 'string' ? { expected } : {}),
      })
    },
  )
})
// A node that dies must not leave an engine with opened works behind.
process.on('disconnect', () => process.exit(0))
