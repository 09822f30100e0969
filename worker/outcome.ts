/** What an object answers to the Worker: errors lose their class on the way, so a refusal travels as its body, in JSON. */
import { asProblem, fromProblemBody, Problem, toProblemBody } from '@grimoire/schema/problem'

export type Outcome<T> = { answer: T } | { refused: string }

/** What nobody foresaw is told in the log, by whom it befell: the caller is told only that something failed. */
export function refuse(error: unknown, who: 'indexer' | 'relayer'): { refused: string } {
  const problem = asProblem(error)
  if (problem.code === 'internal') console.error(JSON.stringify({ [who]: String(problem.cause ?? problem) }))
  return { refused: JSON.stringify(toProblemBody(problem)) }
}

export function answerOf<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer
  throw fromProblemBody(JSON.parse(outcome.refused)) ?? new Problem('internal')
}
