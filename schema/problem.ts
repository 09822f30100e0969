/** The one error table of Grimoire, and its form on the wire: RFC 9457 and OpenAI's error object in one body. */
import { type ProblemCode, problems } from './problems.ts'

export type { ProblemCode }
export { problems }

export type ProblemDetails = {
  /** What arrived, shortened; never a secret. */
  got?: unknown
  /** What would have been accepted. */
  expected?: unknown
  /** The field of the request that is at fault. */
  param?: string
  /** One more sentence for this occurrence. */
  detail?: string
  cause?: unknown
  /** Facts for programs, sent as extension members. */
  extra?: Record<string, unknown>
}

export type ProblemBody = {
  type: string
  title: string
  status: number
  detail: string
  code: ProblemCode
  retry: boolean
  mend: string
  error: { message: string; type: string; param: string | null; code: string }
} & Record<string, unknown>

export const PROBLEM_TYPE_BASE = 'https://grimoire.invalid/problems/'

const show = (value: unknown): string =>
  (typeof value === 'string'
    ? value
    : (JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v)) ?? String(value))
  ).slice(0, 240)

/** Any refusal of ours. `message` is one sentence with what was got and what was expected; `mend` says what to do. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly retry: boolean
  readonly mend: string
  readonly details: ProblemDetails

  constructor(code: ProblemCode, details: ProblemDetails = {}) {
    const row = problems[code]
    const parts = [row.title]
    if (details.detail) parts.push(details.detail)
    if (details.got !== undefined) parts.push(`Got ${show(details.got)}.`)
    if (details.expected !== undefined) parts.push(`Expected ${show(details.expected)}.`)
    super(parts.join(' '), details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'Problem'
    this.code = code
    this.status = row.status
    this.retry = row.retry
    this.mend = row.mend
    this.details = details
  }
}

export function isProblem(error: unknown, code?: ProblemCode): error is Problem {
  return error instanceof Problem && (code === undefined || error.code === code)
}

/** Any thrown value as a Problem; what we did not foresee becomes `internal` and its text stays inside. */
export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('internal', { cause: error })

function openAiType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'payment_required'
  if (status === 403) return 'permission_error'
  if (status === 404) return 'not_found_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

export function toProblemBody(problem: Problem): ProblemBody {
  const { got, expected, param, extra } = problem.details
  return {
    ...extra,
    type: PROBLEM_TYPE_BASE + problem.code,
    title: problems[problem.code].title,
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    retry: problem.retry,
    mend: problem.mend,
    ...(got === undefined ? {} : { got: show(got) }),
    ...(expected === undefined ? {} : { expected: show(expected) }),
    error: {
      message: `${problem.message} ${problem.mend}`,
      type: openAiType(problem.status),
      param: param ?? null,
      code: problem.code,
    },
  }
}

export function problemResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const problem = asProblem(error)
  return new Response(JSON.stringify(toProblemBody(problem)), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

/** A received body as a Problem, or null when it is none of ours. */
export function fromProblemBody(body: unknown): Problem | null {
  if (typeof body !== 'object' || body === null || !('code' in body)) return null
  const { code, got, expected, detail } = body as Record<string, unknown> // Safety: an object, checked above; fields are checked below.
  if (typeof code !== 'string' || !Object.hasOwn(problems, code)) return null
  const title = problems[code as ProblemCode].title // Safety: `hasOwn` just held.
  return new Problem(code as ProblemCode, {
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined && expected === undefined && typeof detail === 'string' && detail !== title
      ? { detail: detail.replace(title, '').trim() }
      : {}),
    extra: body as Record<string, unknown>, // Safety: an object, checked above.
  })
}
