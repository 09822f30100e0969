/** Runs the ledger's Solidity tests; further arguments go to forge. The last line says how many passed. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { differingContracts } from './artifacts.ts'
import { forgeBinary } from './foundry.ts'
import { root } from './sources.ts'

// What ships is compiled first, as it ships; the tests deploy that.
const build = spawnSync(forgeBinary(), ['build', 'src'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) {
  console.log('0 passed, 1 failed')
  process.exit(1)
}
// The Solidity tests deploy this build, TypeScript deploys generated/: a test of its own says that they are the same.
const differing = differingContracts()
const forge = spawn(forgeBinary(), ['test', ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, FOUNDRY_PROFILE: 'tests' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const chunks: Buffer[] = []
forge.stdout.on('data', (chunk: Buffer) => {
  process.stdout.write(chunk)
  chunks.push(chunk)
})
const [code] = (await once(forge, 'close')) as [number | null]

// forge's own last line, past any colour: "Ran 9 test suites in 4.5s (7s CPU time): 120 tests passed, 0 failed, …"
const summary = /(\d+) tests passed, (\d+) failed/.exec(Buffer.concat(chunks).toString('utf8'))
const passed = Number(summary?.[1] ?? 0) + (differing.length === 0 ? 1 : 0)
const failed = Number(summary?.[2] ?? 0) + (differing.length === 0 ? 0 : 1)
if (!summary) console.error('forge ran no test: see its messages above.')
console.log(
  differing.length === 0
    ? '[PASS] generated/ is byte for byte what the sources compile to'
    : `[FAIL] generated/ is not what the sources compile to (${differing.join(', ')}): run "node contracts/compile.ts" and commit what it writes.`,
)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = code === 0 && summary && failed === 0 ? 0 : 1
