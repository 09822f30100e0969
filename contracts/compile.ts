/** Compiles the ledger and writes its ABIs and bytecode as TypeScript; with --check says whether that is needed. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedPath, generatedText } from './artifacts.ts'
import { forgeBinary } from './foundry.ts'
import { GENERATED, generatedHash, root, sourceHash } from './sources.ts'

const HASHES = join(root, 'generated', 'hashes.json')

/** What was compiled and what came out. */
const hashesText = (): string =>
  `${JSON.stringify({ sources: sourceHash(), generated: generatedHash() }, null, 2)}\n`

function isFresh(): boolean {
  const complete = GENERATED.every(generated => existsSync(generatedPath(generated)))
  return complete && existsSync(HASHES) && readFileSync(HASHES, 'utf8') === hashesText()
}

function build(): void {
  const { status, error } = spawnSync(forgeBinary(), ['build', 'src'], { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) throw new Error('the ledger does not compile: see the messages above')
}

function generate(): void {
  mkdirSync(join(root, 'generated'), { recursive: true })
  for (const generated of GENERATED) writeFileSync(generatedPath(generated), generatedText(generated))
  writeFileSync(HASHES, hashesText())
}

if (process.argv.includes('--check')) {
  if (!isFresh()) {
    console.error('contracts/generated is stale: run "node contracts/compile.ts" and commit what it writes.')
    process.exitCode = 1
  }
} else {
  build()
  generate()
  console.log(`contracts/generated is fresh: ${GENERATED.map(({ contract }) => contract).join(', ')}.`)
}
