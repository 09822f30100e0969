/** The suites of `npm test`, each with its share of the gate's time. */
import { globSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export type Suite = {
  name: string
  command: string[]
  limitMinutes: number
  /**
   * Runs beside the others, one after another, so that neither core rests while the others wait for blocks. What only
   * computes comes last of all: nobody waits for it, and it has what all leave over, from the beginning to the end. What
   * has to answer soon gives way, and no more; what says how soon is an equal.
   */
  beside?: 'last' | 'gives way' | 'equal'
}

/**
 * Each file has its own chain and processes. Those of a suite run one after another, but where they wait for blocks and
 * pages more than they compute: there two go beside each other.
 */
function files(name: string, patterns: string[], limitMinutes: number, together = 1): Suite {
  const found = patterns
    .flatMap(pattern => globSync(pattern, { cwd: root }))
    .filter(file => !file.includes('node_modules'))
    .sort()
  // Without a file node's runner would look for tests by itself, and find this very runner among them.
  if (found.length === 0) throw new RangeError(`the suite ${name} has no file at ${patterns.join(', ')}`)
  const options = [`--test-concurrency=${together}`, '--test-timeout=300000', '--test-reporter=spec']
  return { name, limitMinutes, command: ['node', '--test', ...options, ...found] }
}

/** The order is the one in which a fault is cheapest to learn. A limit ends what hangs: it is far beyond what a suite takes. */
export const SUITES: readonly Suite[] = [
  { name: 'check', command: ['node', 'test/check.ts'], limitMinutes: 5 },
  files('schema', ['schema/*.test.ts'], 2),
  { name: 'solidity', command: ['node', 'contracts/forge-test.ts'], limitMinutes: 40, beside: 'last' },
  { ...files('contracts', ['contracts/*.test.ts', 'contracts/model/*.test.ts'], 8), beside: 'gives way' },
  { ...files('seal', ['seal/**/*.test.ts'], 6), beside: 'gives way' },
  { ...files('key-node', ['key-node/**/*.test.ts'], 10), beside: 'gives way' },
  { ...files('client', ['client/**/*.test.ts'], 16, 2), beside: 'gives way' },
  files('edge', ['worker/**/*.test.ts'], 16, 2),
  files('node', ['inference-node/**/*.test.ts'], 18, 2),
  { ...files('devnet', ['devnet/**/*.test.ts'], 8), beside: 'equal' },
  files('web', ['web/**/*.test.ts'], 18, 2),
  { ...files('path', ['test/*.test.ts', 'test/proof/*.test.ts'], 8), beside: 'equal' },
  {
    ...files('adversary', ['test/adversary/*.test.ts', 'test/evil-edge/*.test.ts'], 14),
    beside: 'equal',
  },
]
