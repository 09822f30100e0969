/** The node as a process: `node inference-node/main.ts --config file.json [--model <path or hf:…>]`. */
import { parseArgs } from 'node:util'
import { asProblem } from '@grimoire/schema/problem'
import { readConfig } from './config.ts'
import { startInferenceNode } from './server.ts'

/** A download of gigabytes must not look like a hang. */
function showProgress({ totalSize, downloadedSize }: { totalSize: number; downloadedSize: number }): void {
  const percent = totalSize > 0 ? Math.floor((downloadedSize / totalSize) * 100) : 0
  process.stderr.write(`\rmodel ${percent}% of ${Math.round(totalSize / 1e6)} MB `)
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' }, model: { type: 'string' } } })
  const overrides = values.model === undefined ? {} : { model: values.model }
  const config = readConfig(values.config ?? 'inference-node.json', overrides)
  const node = await startInferenceNode(config, process.stderr.isTTY ? { onProgress: showProgress } : {})
  const stop = () => {
    node.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.stdout.write(`${JSON.stringify({ ready: true, url: node.url })}\n`)
}

main().catch((error: unknown) => {
  const problem = asProblem(error)
  const unforeseen = problem.code === 'internal' && error instanceof Error ? ` ${error.message}` : ''
  process.stderr.write(`${problem.message}${unforeseen}\n${problem.mend}\n`)
  process.exit(1)
})
