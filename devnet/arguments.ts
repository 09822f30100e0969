/** The flags of the devnet's commands, and how a failure leaves: one sentence, one mend, exit code 1. */
import { parseArgs } from 'node:util'
import { asProblem, Problem } from '@grimoire/schema/problem'

const FLAGS = {
  model: { type: 'string' },
  fresh: { type: 'boolean' },
  folder: { type: 'string' },
  'port-offset': { type: 'string' },
} as const

type Flag = keyof typeof FLAGS

/** Reads the flags that a command takes; any other is refused by name. */
export function readOptions(taken: readonly Flag[]) {
  const options = Object.fromEntries(taken.map(flag => [flag, FLAGS[flag]]))
  const expected = taken.length ? `only ${taken.map(flag => `--${flag}`).join(', ')}` : 'no flags'
  try {
    const { values } = parseArgs({ options, allowPositionals: false })
    return values as { model?: string; fresh?: boolean; folder?: string; 'port-offset'?: string } // Safety: FLAGS says so.
  } catch (cause) {
    throw new Problem('config_invalid', { got: process.argv.slice(2).join(' '), expected, cause })
  }
}

export function exitWith(error: unknown): never {
  const problem = asProblem(error)
  const unforeseen =
    problem.code === 'internal' && error instanceof Error ? ` ${error.stack ?? error.message}` : ''
  process.stderr.write(`${problem.message}${unforeseen}\n${problem.mend}\n`)
  process.exit(1)
}
