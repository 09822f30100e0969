/** The suites of `npm test`, each with its share of the gate's time. */
import { globSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Suite = { name: string; command: string[]; limitMinutes: number }

/** Files run one after another: each has its own chain and processes, and two of them already fill two cores. */
function files(name: string, patterns: string[], limitMinutes: number): Suite {
  const found = patterns
    .flatMap(pattern => globSync(pattern, { cwd: root }))
    .filter(file => !file.includes('node_modules'))
    .sort()
  // Without a file node's runner would look for tests by itself, and find this very runner among them.
  if (found.length === 0) throw new RangeError(`the suite ${name} has no file at ${patterns.join(', ')}`)
  const options = ['--test-concurrency=1', '--test-timeout=300000', '--test-reporter=spec']
  return { name, limitMinutes, command: ['node', '--test', ...options, ...found] }
}

/** The order is the one in which a fault is cheapest to learn. */
export const SUITES: readonly Suite[] = [
  { name: 'check', command: ['node', 'test/check.ts'], limitMinutes: 3 },
  files('schema', ['schema/*.test.ts'], 1),
  { name: 'solidity', command: ['node', 'contracts/forge-test.ts'], limitMinutes: 9 },
  files('contracts', ['contracts/*.test.ts', 'contracts/model/*.test.ts'], 5),
  files('seal', ['seal/**/*.test.ts'], 3),
  files('key-node', ['key-node/**/*.test.ts'], 5),
  files('edge', ['worker/**/*.test.ts'], 4),
  files('client', ['client/**/*.test.ts'], 4),
  files('node', ['inference-node/**/*.test.ts'], 6),
  files('devnet', ['devnet/**/*.test.ts'], 3),
  files('web', ['web/**/*.test.ts'], 8),
  files('path', ['test/*.test.ts'], 4),
  files('adversary', ['test/adversary/*.test.ts'], 8),
]
