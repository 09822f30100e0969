/** HTTP with a time limit: problem+json becomes a Problem, and only what the error table allows is tried again. */
import type { ProblemCode } from '@grimoire/schema/problem'
import { fromProblemBody, Problem } from '@grimoire/schema/problem'
import type { z } from 'zod'

export type Endpoint = {
  fetch: typeof fetch
  url: string
  timeoutMs: number
  /** What to call it when nothing answers. */
  unreachable: Extract<ProblemCode, 'edge_unreachable' | 'node_unreachable'>
}

export type RequestOptions = {
  method?: 'GET' | 'PUT' | 'POST' | 'DELETE'
  headers?: Record<string, string>
  body?: BodyInit
  signal?: AbortSignal
  /** How often a refusal that the table calls repeatable is tried again. Only for idempotent requests. */
  retries?: number
}

const MAX_WAIT_MS = 5_000

export const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** The refusal in a response's body; a body that is none of ours becomes the endpoint's own code. */
export async function problemOf(response: Response, endpoint: Pick<Endpoint, 'unreachable' | 'url'>) {
  // A body that breaks off says nothing.
  const text = await response.text().catch(() => '')
  try {
    const known = fromProblemBody(JSON.parse(text))
    if (known) return known
  } catch {
    // Not JSON: a proxy's page, or nothing. The status below says all that can be said.
  }
  return new Problem(response.status === 404 ? 'not_found' : endpoint.unreachable, {
    got: `status ${response.status} from ${endpoint.url}`,
    expected: 'an answer of ours, or problem+json',
  })
}

async function once(endpoint: Endpoint, path: string, options: RequestOptions): Promise<Response> {
  const limit = AbortSignal.timeout(endpoint.timeoutMs)
  const signal = options.signal ? AbortSignal.any([limit, options.signal]) : limit
  const { method = 'GET', headers = {}, body } = options
  try {
    return await endpoint.fetch(endpoint.url + path, {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    })
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    if (limit.aborted) throw new Problem('timed_out', { expected: `${endpoint.timeoutMs} ms`, cause })
    throw new Problem(endpoint.unreachable, { got: `no answer from ${endpoint.url}`, cause })
  }
}

/** Sends a request; anything but a 2xx is thrown as a Problem. */
export async function request(
  endpoint: Endpoint,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  const idempotent = options.method !== 'POST'
  const retries = options.retries ?? (idempotent ? 2 : 0)
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await once(endpoint, path, options)
      if (response.ok) return response
      const problem = await problemOf(response, endpoint)
      const waitSeconds = Number(response.headers.get('retry-after') ?? 0)
      if (!problem.retry || attempt >= retries) throw problem
      await pause(Math.min(MAX_WAIT_MS, Math.max(waitSeconds * 1000, 200 * 2 ** attempt)))
    } catch (error) {
      const repeatable = error instanceof Problem && error.retry && error.code !== 'timed_out'
      if (!repeatable || attempt >= retries) throw error
      await pause(200 * 2 ** attempt)
    }
  }
}

/** The same, reading JSON of an expected shape. A shape that does not fit is the fault of who answered. */
export async function requestJson<T>(
  endpoint: Endpoint,
  path: string,
  options: RequestOptions & { schema: z.ZodType<T>; json?: unknown },
): Promise<T> {
  const { schema, json, ...rest } = options
  const response = await request(endpoint, path, {
    ...rest,
    ...(json === undefined
      ? {}
      : {
          body: JSON.stringify(json),
          headers: { ...rest.headers, 'content-type': 'application/json' },
        }),
  })
  // What is no JSON has not the shape either.
  const body: unknown = await response.json().catch(() => undefined)
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem(endpoint.unreachable, {
    got: `${endpoint.url}${path.split('?')[0]}: ${issue?.path.join('.')} ${issue?.message}`,
    expected: 'the shape that the schema states',
  })
}
