/** A key node as a process: `node key-node/main.ts --config file.json`. */
import { parseArgs } from 'node:util'
import { Problem } from '@grimoire/schema/problem'
import { readConfigFile, readPassphrase } from './config.ts'
import { exitWithSentence } from './exit.ts'
import { startKeyNode } from './server.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } })
  if (!values.config)
    throw new Problem('config_invalid', { param: '--config', expected: '--config file.json' })
  const config = readConfigFile(values.config)
  const node = await startKeyNode(config, { passphrase: readPassphrase(config) })
  const stop = (): void => {
    node.stop().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  console.log(JSON.stringify({ ready: true, url: node.url }))
}

main().catch(exitWithSentence)
