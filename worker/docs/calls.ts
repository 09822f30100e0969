/** How a route is called: with curl, and from TypeScript, with values that it takes. */
import type { Operation } from '../description.ts'
import { exampleOf } from '../example.ts'

type Called = { method: string; path: string; operation: Operation; named: Record<string, unknown> }

/** The path with its parameters filled in, and the query of what must be there, or is usual. */
function addressOf({ path, operation, named }: Called): string {
  const values = (operation.parameters ?? []).map(parameter => ({
    ...parameter,
    value: String(parameter.example ?? exampleOf(parameter.schema, named)),
  }))
  const filled = values
    .filter(one => one.in === 'path')
    .reduce((text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)), path)
  const query = values
    .filter(one => one.in === 'query' && (one.required || one.name === 'limit'))
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

function curlOf(called: Called, address: string, body: string | undefined, type: string | undefined): string {
  const onceKey = called.operation.parameters?.some(({ name }) => name === 'idempotency-key')
  const parts = [
    called.method === 'get' ? 'curl' : `curl -X ${called.method.toUpperCase()}`,
    ...(type ? [`-H 'content-type: ${type}'`] : []),
    ...(onceKey ? ['-H "idempotency-key: $(uuidgen)"'] : []),
    ...(body === undefined ? (type ? ['--data-binary @file'] : []) : [`-d ${quoted(body)}`]),
    `"$EDGE"${quoted(address)}`,
  ]
  return parts.join(' \\\n  ')
}

function typescriptOf(
  called: Called,
  address: string,
  body: string | undefined,
  type: string | undefined,
): string {
  const onceKey = called.operation.parameters?.some(({ name }) => name === 'idempotency-key')
  const headers = [
    ...(type ? [`'content-type': '${type}'`] : []),
    ...(onceKey ? ["'idempotency-key': crypto.randomUUID()"] : []),
  ]
  const options = [
    ...(called.method === 'get' ? [] : [`  method: '${called.method.toUpperCase()}',`]),
    ...(headers.length === 0 ? [] : [`  headers: { ${headers.join(', ')} },`]),
    ...(body === undefined
      ? type
        ? ['  body: bytes,']
        : []
      : [`  body: JSON.stringify(${body.replaceAll('\n', '\n  ')}),`]),
  ]
  const call = options.length === 0 ? '' : `, {\n${options.join('\n')}\n}`
  return [
    `const response = await fetch(EDGE + '${address}'${call})`,
    'if (!response.ok) throw new Error((await response.json()).mend)',
    'const answer = await response.json()',
  ].join('\n')
}

export function callsOf(called: Called): { curl: string; typescript: string } {
  const { operation, named } = called
  const [type, told] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const body = type?.includes('json') ? JSON.stringify(exampleOf(told?.schema, named), null, 2) : undefined
  const address = addressOf(called)
  return { curl: curlOf(called, address, body, type), typescript: typescriptOf(called, address, body, type) }
}
