/** `run`: the node in the foreground, until SIGTERM: then it takes no new turn, lets answers end, claims, and exits 0. */
import { readSettings, unlock } from './config-file.ts'
import { progressTo } from './pull.ts'
import { note, say, sayJson } from './say.ts'

export type RunOptions = { config: string; json: boolean; model?: string }

export async function run({ config, json, model }: RunOptions): Promise<void> {
  const settings = readSettings(config, model === undefined ? {} : { model })
  const progress = progressTo(false)
  const unlocked = await unlock(settings)
  // Only now: what is wrong with a setting is said before llama.cpp is loaded.
  const { startInferenceNode } = await import('../server.ts')
  const node = await startInferenceNode(unlocked, { onProgress: progress.onProgress })
  progress.done()
  let stopping = false
  const stop = () => {
    // Asked twice: whoever asks does not want to wait.
    if (stopping) process.exit(130)
    stopping = true
    if (process.stderr.isTTY) note('finishing what runs; once more stops at once')
    node.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  const { url, deskUrl } = node
  if (process.stdout.isTTY && !json) say(`serving at ${url}, metrics at ${deskUrl}/metrics; Ctrl-C ends it`)
  else sayJson({ ready: true, url, deskUrl })
}
