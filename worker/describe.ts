/** The routes as OpenAPI 3.1: their schemas, and what the middleware that really stands before them takes, answers and refuses. */
import { type ProblemCode, problems } from '@grimoire/schema/problem'
import type { Answer, Description, Operation } from './description.ts'
import { exampleOf } from './example.ts'
import { addFieldWords } from './field-words.ts'
import type { App } from './http.ts'
import { type Manner, mannersOf } from './manner.ts'

const ABOUT = `Lists, searches and trades sealed works. Nothing here has to be trusted: check it against the chain and the hashes.

Every path under /v1 keeps its meaning for as long as /v1 is answered; fields may be added. Each refusal is problem+json with a code
of one table. Each GET is also answered as HEAD, and carries an ETag that spares its body the next time. Sums of money are
whole atomic units as decimal text; times are seconds since 1970; what ends in Bps is hundredths of a percent. An x-request-id of yours
(1 to 64 letters, digits, _ - =) is repeated in the answer; without one you are given one.`

const REVALIDATES = {
  'if-none-match': {
    description: 'The etag that you have: when it still holds, the answer is 304 without a body',
    schema: { type: 'string' },
  },
} as const

const HEADERS = {
  'x-request-id': { description: 'Names this request in the logs of the edge', schema: { type: 'string' } },
  etag: { description: 'Names this content: the same text, the same etag', schema: { type: 'string' } },
  'cache-control': { description: 'How long the answer may be kept', schema: { type: 'string' } },
  'retry-after': { description: 'Seconds to wait before the next try', schema: { type: 'integer' } },
}

const header = (name: string) => ({ $ref: `#/components/headers/${name}` })
const headersNamed = (...names: string[]) => Object.fromEntries(names.map(name => [name, header(name)]))

/** Any of these may come of any route. */
const ANYWHERE: readonly ProblemCode[] = ['internal', 'config_invalid']

/** `get /v1/works/{workId}` becomes `getWorksByWorkId`. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/^\/v1\//, '')
    .split(/[/.-]/)
    .filter(word => word !== '')
    .map(word => (word.startsWith('{') ? `By-${word.slice(1, -1)}` : word))
  const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)
  return method + words.flatMap(word => word.split('-').map(capital)).join('')
}

const parameter = ([name, { description, schema, example }]: [
  string,
  NonNullable<Manner['reads']>[string],
]) => ({
  name,
  in: 'header' as const,
  required: false,
  description,
  schema,
  ...(example === undefined ? {} : { example }),
})

/** The codes of each status, so that nothing is answered with a status that is not described. */
function refusalsOf(codes: ReadonlySet<ProblemCode>, told: Answer): Record<string, Answer> {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of [...codes].sort()) {
    const { status } = problems[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, these]) => [
      String(status),
      {
        description: these.map(code => `\`${code}\`: ${problems[code].title}`).join(' '),
        ...(told.content ? { content: told.content } : {}),
        headers: headersNamed(
          'x-request-id',
          ...(these.some(code => problems[code].retry) ? ['retry-after'] : []),
        ),
        'x-codes': these,
      },
    ]),
  )
}

function codesOf({ responses, parameters, requestBody }: Operation, manners: readonly Manner[]) {
  const codes = new Set<ProblemCode>([...ANYWHERE, ...(responses.default?.['x-codes'] ?? [])])
  for (const manner of manners) for (const code of manner.codes ?? []) codes.add(code)
  if (parameters?.length || requestBody) codes.add('request_invalid')
  if (requestBody && Object.keys(requestBody.content).some(type => /json/.test(type)))
    codes.add('media_type_unsupported')
  return codes
}

function complete(operation: Operation, manners: readonly Manner[], reads: boolean): void {
  const { default: refusal, ...good } = operation.responses
  const codes = codesOf(operation, manners)
  const writes = Object.assign({}, ...manners.map(manner => manner.writes ?? {}))
  const headers = {
    ...headersNamed('x-request-id', 'cache-control', ...(reads ? ['etag'] : [])),
    ...writes,
  }
  for (const answer of Object.values(good)) answer.headers = { ...headers, ...answer.headers }
  if (reads && good[200]) good[304] ??= { description: 'You have it already', headers }
  const asked = Object.entries(
    Object.assign({}, ...manners.map(manner => manner.reads ?? {}), reads ? REVALIDATES : {}) as NonNullable<
      Manner['reads']
    >, // Safety: both are that.
  )
  const parameters = [...(operation.parameters ?? []), ...asked.map(parameter)]
  if (parameters.length > 0) operation.parameters = parameters
  const schemes = manners.flatMap(manner => manner.security ?? [])
  if (schemes.length > 0) operation.security = schemes.map(name => ({ [name]: [] }))
  operation.responses = refusal ? { ...good, ...refusalsOf(codes, refusal) } : good
}

export function describe(app: App): Description {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Grimoire edge', version: '1', description: ABOUT, license: { name: 'MIT' } },
  }) as unknown as Description // Safety: the part of a document that is used here; the rest is passed on.
  document.components = { ...document.components, headers: HEADERS }
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operation.operationId = operationIdOf(method, path)
      operation.tags ??= [path.split('/')[2] ?? 'edge']
      complete(operation, mannersOf(app, method, path), method === 'get')
    }
  }
  addFieldWords(document)
  addExamples(document)
  return document
}

/** Of each body that is JSON; of a parameter, where no schema names one. */
function addExamples({ paths, components }: Description): void {
  for (const operation of Object.values(paths).flatMap(Object.values<Operation>)) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in !== 'header')
        parameter.example ??= exampleOf(parameter.schema, components.schemas ?? {})
    }
    const good = Object.entries(operation.responses).flatMap(([status, answer]) =>
      Number(status) < 300 ? answer : [],
    )
    for (const { content } of [operation.requestBody, ...good].filter(one => one !== undefined)) {
      for (const [type, told] of Object.entries(content ?? {})) {
        if (/json/.test(type)) told.example ??= exampleOf(told.schema, components.schemas ?? {})
      }
    }
  }
}
