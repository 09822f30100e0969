/** Holds every answer of an edge against its own description: the status, the content type, the shape and the code of a refusal. */
import { isRecord } from '@grimoire/schema/record'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Description, Operation } from './description.ts'

type Asked = { method: string; path: string; status: number; contentType: string; body: string }
type Schema = Record<string, unknown>

/** A field that no schema names is no part of the answer: what a schema leaves open by leaving it unsaid is closed here. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (!isRecord(schema)) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === 'example' ? value : closed(value)]),
  )
  const open = isRecord(schema.properties) && schema.additionalProperties === undefined
  return open && schema.allOf === undefined ? { ...inner, additionalProperties: false } : inner
}

const statusOnly = new Set([204, 304, 416])

/** What is wrong with an answer, in a sentence; null when nothing is. */
export type AnswerCheck = (asked: Asked) => string | null

export function answerCheck(document: Description): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false })
  ajv.addSchema({ $id: 'edge', components: closed(document.components) as Schema })
  const compiled = new Map<unknown, ValidateFunction>()
  const validate = (schema: Schema): ValidateFunction => {
    const known = compiled.get(schema)
    if (known) return known
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"edge#/components/')
    const made = ajv.compile(JSON.parse(text) as Schema)
    compiled.set(schema, made)
    return made
  }
  const paths = Object.entries(document.paths)
    .map(([path, methods]) => ({
      path,
      methods,
      pattern: new RegExp(`^${path.replaceAll(/\{.+?\}/g, '[^/]+')}$`),
    }))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  const refusal = validate({ $ref: '#/components/schemas/Problem' })

  function againstOperation(operation: Operation, asked: Asked, name: string): string | null {
    const told = operation.responses[asked.status]
    const code = codeOf(asked)
    if (!told) {
      return `${name} answered ${asked.status}${code ? ` (${code})` : ''}, which it does not describe; it describes ${Object.keys(operation.responses)}`
    }
    if (statusOnly.has(asked.status) || asked.method === 'HEAD' || !told.content) return null
    const type = Object.keys(told.content).find(one => asked.contentType.startsWith(one))
    if (!type)
      return `${name} answered ${asked.status} as ${asked.contentType}, described as ${Object.keys(told.content)}`
    const { schema } = told.content[type] ?? {}
    if (!type.includes('json') || !isRecord(schema)) return null
    const check = validate(schema)
    if (!check(parsed(asked))) {
      return `${name} ${asked.status}: ${ajv.errorsText(check.errors)}: ${asked.body.slice(0, 300)}`
    }
    if (asked.status < 400 || told['x-codes']?.some(one => one === code)) return null
    return `${name} refused with \`${code}\`, which its route does not list: name it in answers(…, codes)`
  }

  return asked => {
    const path = new URL(asked.path, 'http://edge').pathname
    const found = paths.find(({ pattern }) => pattern.test(path))
    const operation = found?.methods[asked.method === 'HEAD' ? 'get' : asked.method.toLowerCase()]
    if (operation) return againstOperation(operation, asked, `${asked.method} ${found?.path}`)
    if (!path.startsWith('/v1') || asked.method === 'OPTIONS' || asked.method === 'HEAD') return null
    const name = `${asked.method} ${path.slice(0, 80)}`
    const expected = found ? 405 : 404
    if (asked.status !== expected) return `${name} answered ${asked.status}, ${expected} expected`
    if (!refusal(parsed(asked))) return `${name} ${asked.status}: ${ajv.errorsText(refusal.errors)}`
    return null
  }
}

function parsed({ body }: Asked): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const codeOf = (asked: Asked): string | null => {
  const body = parsed(asked)
  return isRecord(body) && typeof body.code === 'string' ? body.code : null
}

const askedOf = async (request: Request, response: Response): Promise<Asked> => ({
  method: request.method,
  path: new URL(request.url).pathname,
  status: response.status,
  contentType: response.headers.get('content-type') ?? '',
  body: /json/.test(response.headers.get('content-type') ?? '') ? await response.clone().text() : '',
})

const watched = new Map<string, Promise<AnswerCheck>>()
const original = globalThis.fetch

/** From now on whatever this process asks of that edge is checked, by whichever function it asks. */
export function checkAnswersOf(edgeUrl: string): void {
  watched.set(
    edgeUrl,
    original(`${edgeUrl}/openapi.json`).then(async response =>
      answerCheck((await response.json()) as Description),
    ), // Safety: the edge’s own document; a test reads it.
  )
  globalThis.fetch = checkingFetch
}

async function checkingFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input)
  const check = await watched.get(url.origin)
  const response = await original(input, init)
  if (!check) return response
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
  const wrong = check(await askedOf(new Request(url, { method }), response))
  if (wrong) throw new Error(`The answer is not as it is described. ${wrong}`)
  return response
}
