#!/usr/bin/env node
// Lets forge drive the npm build of the Solidity compiler through standard JSON; the anchors of the gas benchmark name theirs.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const solc = createRequire(import.meta.url)(process.env.GRIMOIRE_SOLC ?? 'solc')
const root = process.env.GRIMOIRE_SOLC_ROOT ?? import.meta.dirname

// forge does not follow relative imports inside packages that lie above its root, so they are read here.
const findImport = path => {
  try {
    return { contents: readFileSync(join(root, path), 'utf8') }
  } catch (error) {
    return { error: String(error) }
  }
}

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`)
} else {
  const chunks = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  process.stdout.write(solc.compile(Buffer.concat(chunks).toString('utf8'), { import: findImport }))
}
