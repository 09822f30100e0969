/** How a key node's programs end on bad input: one sentence, one mend, exit code 1. */
import { asProblem } from '@grimoire/schema/problem'

export function exitWithSentence(error: unknown): never {
  const problem = asProblem(error)
  const usage = error instanceof TypeError && 'code' in error ? error.message : null
  process.stderr.write(`${usage ?? `${problem.message} ${problem.mend}`}\n`)
  process.exit(1)
}
