/** Sends requests to a real edge, many at once, and holds each answer against the edge's own description. */
import { Agent, request as send } from 'node:http'
import { chance } from '@grimoire/inference-node/guard/trial/chance'
import type { Description } from '@grimoire/worker/description'
import { answerCheck } from '@grimoire/worker/fixture-answers'
import { type ApiRequest, type Known, type Route, requestOf } from './requests.ts'

const AT_ONCE = 16
const PATIENCE_MS = 20_000

export type Answered = { status: number; contentType: string; body: string; ours: boolean }
export type Fault = { seed: number; request: string; wrong: string }
export type Hammered = { n: number; faults: Fault[]; byStatus: Record<string, number>; byRuntime: number }

export const routesOf = ({ paths }: Description): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )

/** By node's own client: `fetch` would tidy the path and refuse half of what is to be tried. */
function ask(agent: Agent, edgeUrl: string, { method, path, headers, body }: ApiRequest): Promise<Answered> {
  const { hostname, port } = new URL(edgeUrl)
  return new Promise((resolve, reject) => {
    const asked = send({ agent, hostname, port, method, path, headers, timeout: PATIENCE_MS }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
          // Workerd refuses some requests before the Worker sees them: those have no request id of ours.
          ours: response.headers['x-request-id'] !== undefined,
        }),
      )
      response.on('error', reject)
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)))
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Of workerd itself, which reads a request before the Worker does. */
const RUNTIME_REFUSALS = new Set([400, 405, 413, 414, 431, 501])
/** Beside the Worker's paths stands the page, which answers any path, and tidies some by sending there. */
const OTHERS = new Set([...RUNTIME_REFUSALS, 200, 304, 307, 404])
const isOurs = (path: string): boolean => /^\/v1(\/|$|\?)/.test(new URL(path, 'http://edge').pathname)

export type Target = {
  edgeUrl: string
  known: Known
  right: Record<string, readonly unknown[]>
  signedIn?: Record<string, string>
}

/** Request number `n` of a run is made from the seed `first + n` alone, so a fault can be sent again by its seed. */
export async function hammer(
  target: Target,
  { first, count }: { first: number; count: number },
): Promise<Hammered> {
  const description = (await (await fetch(`${target.edgeUrl}/openapi.json`)).json()) as Description // Safety: the edge’s own document.
  const check = answerCheck(description)
  const routes = routesOf(description)
  const world = { ...target, named: description.components.schemas ?? {} }
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const told: Hammered = { n: 0, faults: [], byStatus: {}, byRuntime: 0 }

  async function one(seed: number): Promise<void> {
    const dice = chance(seed)
    const request = requestOf(routes, world, dice)
    if (target.signedIn && dice.below(2) === 0) Object.assign(request.headers, target.signedIn)
    const wrong = await ask(agent, target.edgeUrl, request)
      .catch(() => ask(agent, target.edgeUrl, request)) // A kept connection may just have been closed by the other side.
      .then(answer => verdict(answer, request))
      .catch((error: unknown) => String(error))
    told.n++
    if (wrong) told.faults.push({ seed, request: `${request.method} ${request.path.slice(0, 200)}`, wrong })
  }

  function verdict(answer: Answered, request: ApiRequest): string | null {
    told.byStatus[answer.status] = (told.byStatus[answer.status] ?? 0) + 1
    if (answer.status === 500) return `status 500: ${answer.body.slice(0, 300)}`
    if (!answer.ours) {
      told.byRuntime++
      const mayBe = isOurs(request.path) ? RUNTIME_REFUSALS : OTHERS
      return mayBe.has(answer.status) ? null : `${answer.status} that is not the Worker’s`
    }
    return check({ ...answer, method: request.method, path: request.path })
  }

  let next = 0
  const worker = async () => {
    while (next < count) await one(first + next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  agent.destroy()
  return told
}

/** Refused for who asks, or before anybody looks at who it is; a request made up wildly may meet no route at all. */
const DENIED = new Set([401, 403, 404, 405, 413, 415, 501])

/** Each route that asks who one is, with each way of not being anyone: which were let in. */
export async function letIn(
  target: Target,
  strangers: Record<string, Record<string, string>>,
): Promise<{ n: number; faults: string[] }> {
  const description = (await (await fetch(`${target.edgeUrl}/openapi.json`)).json()) as Description // Safety: the edge’s own document.
  const agent = new Agent({ keepAlive: true })
  const faults: string[] = []
  let n = 0
  for (const route of routesOf(description).filter(({ operation }) => operation.security?.length)) {
    for (const [who, headers] of Object.entries(strangers)) {
      const world = { ...target, named: description.components.schemas ?? {} }
      const request = requestOf([route], world, chance(n++))
      delete request.headers.cookie
      delete request.headers.authorization
      const method = route.method.toUpperCase()
      const { status } = await ask(agent, target.edgeUrl, {
        ...request,
        method,
        headers: { ...request.headers, ...headers },
      })
      if (!DENIED.has(status)) faults.push(`${request.route}, ${who}: ${status}`)
    }
  }
  agent.destroy()
  return { n, faults }
}
