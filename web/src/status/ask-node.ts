/** A machine's own word, and how long it took to say it from here. */
import { nodeHealth } from '@grimoire/schema/node'
import { count, plain } from '../words/plain.ts'

const NODE_PATIENCE_MS = 5_000

export async function askNode({ endpoint }: { endpoint: string }): Promise<string> {
  const started = performance.now()
  try {
    const answer = await fetch(`${endpoint.replace(/\/+$/, '')}/health`, {
      signal: AbortSignal.timeout(NODE_PATIENCE_MS),
    })
    const { base, llamaRelease, gpu, openWorks } = nodeHealth.parse(await answer.json())
    const ms = Math.round(performance.now() - started)
    return `${plain(base.name)}, llama.cpp ${plain(llamaRelease)}, ${gpu ? plain(gpu) : 'no GPU'}, ${count(openWorks)} works open, after ${ms} ms`
  } catch {
    return `no answer within ${NODE_PATIENCE_MS / 1000} s`
  }
}
