/** Shares from several key nodes: as many good ones as are needed, and, failing that, one honest reason why not. */
import { Problem, type ProblemCode, problems } from '@grimoire/schema/problem'
import { NodeRefusal } from './lit-wire.ts'

export type Failure = {
  url: string
  kind: 'refused' | 'unreachable' | 'lying'
  code: string
  message: string
  problem?: ProblemCode
}

export type ShareResult<T> = { success: true; values: T[] } | { success: false; error: Problem }

/** A node that is out of order (its RPC fails, it is overloaded) has refused nobody. */
const isRefusal = (status: number): boolean =>
  status < 500 && status !== 408 && status !== 413 && status !== 429

export function failureOf(url: string, error: unknown): Failure {
  if (error instanceof NodeRefusal) {
    const kind = isRefusal(error.status) ? 'refused' : 'unreachable'
    const known = error.problem !== null && error.problem in problems
    // Safety: `in problems` just held.
    const problem = known ? { problem: error.problem as ProblemCode } : {}
    return { url, kind, code: error.code, message: error.message, ...problem }
  }
  if (error instanceof Problem) return { url, kind: 'lying', code: error.code, message: error.message }
  const name = error instanceof Error ? error.name : 'Error'
  const timedOut = name === 'TimeoutError' || name === 'AbortError'
  return {
    url,
    kind: 'unreachable',
    code: timedOut ? 'timeout' : 'unreachable',
    message: timedOut ? 'no answer in time' : 'not reachable',
  }
}

const told = (failures: Failure[]): string =>
  failures.map(({ url, message }) => `${url}: ${message}`).join('; ')

function codeOf(failures: Failure[]): ProblemCode {
  const lies = failures.filter(failure => failure.kind === 'lying')
  if (lies.length === 0) return 'network_too_few_nodes'
  return lies.every(lie => lie.code === 'network_key_mismatch') ? 'network_key_mismatch' : 'network_lying'
}

export const tooFewNodes = (
  total: number,
  threshold: number,
  reached: number,
  failures: Failure[],
): Problem =>
  new Problem(codeOf(failures), {
    got: `${reached} of ${total} nodes (${told(failures)})`,
    expected: `at least ${threshold} of ${total}`,
    extra: { reached, total, threshold },
  })

/** The code of ours on which most refusing nodes agree. */
function commonProblem(refused: Failure[]): ProblemCode {
  const counts = new Map<ProblemCode, number>()
  for (const { problem = 'network_refused' } of refused) counts.set(problem, (counts.get(problem) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'network_refused'
}

/** Why there are too few shares. It is a refusal when at least as many nodes refuse as could open, or nobody else answered. */
export function reasonOf(failures: Failure[], total: number, shares: number, wanted: number): Problem {
  const refused = failures.filter(failure => failure.kind === 'refused')
  const lying = failures.filter(failure => failure.kind === 'lying')
  const onlyRefusals = refused.length > 0 && shares === 0 && lying.length === 0
  if (refused.length >= wanted || onlyRefusals)
    return new Problem(commonProblem(refused), {
      detail: told(refused),
      extra: { refused: refused.length, nodeErrors: [...new Set(refused.map(failure => failure.code))] },
    })
  return tooFewNodes(total, wanted, shares, failures)
}

/** Waits for `wanted` good shares, and stops early once they cannot come any more. */
export function gatherShares<T>(pending: Promise<T>[], wanted: number): Promise<ShareResult<T>> {
  const values: T[] = []
  const failures: Failure[] = []
  return new Promise(resolve => {
    // One liar must not hide why the honest ones refuse: once both have spoken, the rest are heard too.
    const isUnclear = (): boolean =>
      values.length + failures.length < pending.length &&
      failures.some(failure => failure.kind === 'lying') &&
      failures.some(failure => failure.kind === 'refused')
    const settle = (): void => {
      if (values.length >= wanted) resolve({ success: true, values: values.slice(0, wanted) })
      else if (pending.length - failures.length < wanted && !isUnclear())
        resolve({ success: false, error: reasonOf(failures, pending.length, values.length, wanted) })
    }
    for (const share of pending)
      share.then(
        value => {
          values.push(value)
          settle()
        },
        error => {
          // Safety: `generatePromise` rejects with a Failure only.
          failures.push(error as Failure)
          settle()
        },
      )
    settle()
  })
}
