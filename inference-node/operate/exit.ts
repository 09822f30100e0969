/** How a command ends: exit codes that scripts can rely on, and a failure as one sentence with its mend, never a stack. */
import { asProblem, type Problem, type ProblemCode, toProblemBody } from '@grimoire/schema/problem'
import { CommanderError } from 'commander'

export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, ledger: 4 } as const

export const EXIT_TEXT = `
Exit codes:
  0  done
  1  failed, or a check of doctor failed
  2  wrong usage, configuration, passphrase or model file
  3  not reachable: chain, node, edge or key network
  4  refused by the ledger, or too little money`

const CODES: Partial<Record<ProblemCode, number>> = {
  config_invalid: EXIT.usage,
  usage_invalid: EXIT.usage,
  request_invalid: EXIT.usage,
  model_file_invalid: EXIT.usage,
  keystore_wrong_passphrase: EXIT.usage,
  port_taken: EXIT.failed,
  directory_taken: EXIT.failed,
  chain_unreachable: EXIT.unreachable,
  node_unreachable: EXIT.unreachable,
  edge_unreachable: EXIT.unreachable,
  network_too_few_nodes: EXIT.unreachable,
  chain_wrong: EXIT.usage,
  transaction_reverted: EXIT.ledger,
  funds_missing: EXIT.ledger,
  nothing_to_do: EXIT.ledger,
  wallet_refused: EXIT.ledger,
}

const exitOf = ({ code, status }: Problem): number =>
  CODES[code] ?? (status === 409 ? EXIT.ledger : EXIT.failed)

/** A prompt that was left with Ctrl-C is an answer, not a fault. */
const isLeft = (error: unknown) => error instanceof Error && error.name === 'ExitPromptError'

/** Says what happened and returns the exit code. */
export function fail(error: unknown, json: boolean): number {
  // Commander has said it already; its help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (isLeft(error)) return 130
  const problem = asProblem(error)
  const unforeseen = problem.code === 'internal' && error instanceof Error ? ` ${error.message}` : ''
  if (json) process.stderr.write(`${JSON.stringify(toProblemBody(problem))}\n`)
  else process.stderr.write(`${problem.message}${unforeseen}\n${problem.mend}\n`)
  return exitOf(problem)
}
