#!/usr/bin/env node
/** The `grimoire` of `npx`: hands over to Node 24, which npm brings for Linux, since the system's own may be older. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  try {
    const found = createRequire(import.meta.url).resolve(
      `node-${process.platform}-${process.arch}/package.json`,
    )
    return join(dirname(found), 'bin', 'node')
  } catch {
    process.stderr.write(
      `grimoire runs on Node 24; this is Node ${process.versions.node}.\nInstall Node 24 from nodejs.org, then run the command again.\n`,
    )
    process.exit(1)
  }
}

const main = join(dirname(fileURLToPath(import.meta.url)), 'cli', 'main.ts')
const child = spawn(findNode(), [main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, NODE_NO_WARNINGS: '1' },
})
// A terminal sends Ctrl-C to the child as well: this process only has to outlive it. SIGTERM comes to us alone.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
