/** Requests made from the edge's own description: right ones, ones at the edge of what is allowed, broken and hostile ones. */
import type { Chance } from '@grimoire/inference-node/guard/trial/chance'
import { isRecord } from '@grimoire/schema/record'
import type { Operation, Parameter, Schema } from '@grimoire/worker/description'
import { exampleOf } from '@grimoire/worker/example'

export type Route = { method: string; path: string; operation: Operation }
export type ApiRequest = {
  /** As the description writes it: which answers are expected. */
  route: string
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Buffer
}
/** What is really there, by the names of parameters: without it hardly a request would find anything. */
export type Known = Record<string, readonly string[]>
type Named = Record<string, unknown>

const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

/** Texts that have broken a parser, a database, a log or a header somewhere. */
export const HOSTILE: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '-0',
    '-1',
    '1e309',
    'NaN',
    'null',
    'undefined',
    'true',
    '[]',
    '{}',
    '""',
    "'",
    '"',
    '`',
    '\\',
  ],
  ...[
    "' OR 1=1--",
    '"; DROP TABLE works;--',
    '1) UNION SELECT 1',
    '%',
    '_',
    '*',
    'NEAR(a b)',
    'a AND',
    '"unclosed',
    '^a',
    'a:b',
  ],
  ...[
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '{{7*7}}',
    '\u0024{7*7}',
    '$(id)',
    '`id`',
    '%0d%0aSet-Cookie: a=b',
  ],
  ...[
    '../../etc/passwd',
    '..%2f..%2f',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://169.254.169.254/',
    '//evil.example',
  ],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length'],
  ...[
    '\u0000',
    'a\u0000b',
    '\ufeff',
    '\u202e',
    '\ud800',
    '\udfff',
    '\u{1f600}',
    'é',
    'ﷺ'.repeat(50),
    '\r\n',
    '\u2028',
  ],
  ...[
    '9'.repeat(78),
    '9'.repeat(79),
    '1'.repeat(5_000),
    '0'.repeat(64),
    'f'.repeat(64),
    'F'.repeat(64),
    `0x${'0'.repeat(40)}`,
  ],
  ...[
    `0x${'f'.repeat(64)}`,
    '9007199254740993',
    '18446744073709551616',
    '2147483648',
    '4294967296',
    '253402300800',
    '1.5',
    '1e3',
    '+1',
    '０１',
  ],
  ...['2026-02-30', '0000-00-00', '9999-12-31', '-001-01-01', 'a'.repeat(1_000), `${'a'.repeat(200)}*`],
]
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  [],
  {},
  [[]],
  { a: 1 },
  'x',
  Number.MAX_SAFE_INTEGER + 1,
]

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'SEARCH',
  'MKCOL',
]
const TYPES = [
  ...[
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ],
  ...[
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/problem+json',
    'a',
    ';',
    'application/json, text/html',
  ],
]
const HEADERS: readonly [string, readonly string[]][] = [
  ['if-none-match', ['*', '"x"', 'W/"x"', '"', '""', `"${'a'.repeat(4_000)}"`, '"a", "b"']],
  [
    'range',
    [
      'bytes=0-0',
      'bytes=-1',
      'bytes=5-1',
      'bytes=0-99999999999999999999',
      'bytes=-',
      'lines=1-2',
      'bytes=0-1,3-4',
    ],
  ],
  ['accept', ['text/csv', 'text/html', '*/*', 'application/json;q=0', ',', 'a'.repeat(2_000)]],
  ['origin', ['null', 'https://evil.example', '*', 'x']],
  ['x-request-id', ['a', 'a b', '<x>', 'a'.repeat(300), "'"]],
  ['idempotency-key', ['k1', 'k2', '', ' ', 'a'.repeat(256), '"quoted"']],
  ['authorization', ['Bearer x', 'Basic Og==', '', 'Bearer', `Bearer ${'a'.repeat(3_000)}`]],
  ['cookie', ['a=b', 'session=x', '=', ';;;', `session=${'a'.repeat(3_000)}`]],
  ['cf-connecting-ip', ['::', '2001:db8::1', '1.2.3.4', 'not an address', ':::::']],
  ['x-forwarded-for', ['127.0.0.1', '::1']],
  ['last-event-id', ['1']],
  ['expect', ['100-continue']],
  ['x-large', ['a'.repeat(7_000)]],
]

const json = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

/** A value for a parameter: known, an example, at its bounds, or hostile. */
function valueFor({ name, schema }: Parameter, known: Known, named: Named, dice: Chance): string {
  const there = known[name]
  const kind = dice.below(10)
  if (kind < 5 && there) return dice.pick(there)
  if (kind < 7) return String(exampleOf(schema, named))
  if (kind < 8) return dice.pick(boundsOf(schema))
  return dice.pick(HOSTILE)
}

function boundsOf(given: unknown): string[] {
  const {
    minimum = 0,
    maximum = 1_000,
    minLength = 0,
    maxLength = 100,
    enum: options,
  } = (isRecord(given) ? given : {}) as Schema // Safety: every field of it is optional.
  if (options) return [...options.map(String), `${options[0]}x`]
  return [minimum, minimum - 1, maximum, maximum + 1]
    .map(String)
    .concat(['a'.repeat(minLength), 'a'.repeat(maxLength), 'a'.repeat(maxLength + 1)])
}

/** One thing in it is gone, doubled, of another type, or new. */
function mutated(value: unknown, dice: Chance): unknown {
  if (Array.isArray(value) && value.length > 0 && dice.below(3) > 0) {
    const at = dice.below(value.length)
    return value.map((one, index) => (index === at ? mutated(one, dice) : one))
  }
  if (isRecord(value) && Object.keys(value).length > 0 && dice.below(6) > 0) {
    const name = dice.pick(Object.keys(value))
    const kind = dice.below(8)
    if (kind === 0) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))
    if (kind === 1) return { ...value, [dice.pick(HOSTILE)]: dice.pick(HOSTILE) }
    return { ...value, [name]: mutated(value[name], dice) }
  }
  return dice.below(2) === 0 ? dice.pick(HOSTILE) : dice.pick(ODD_VALUES)
}

function bodyFor(
  operation: Operation,
  right: readonly unknown[],
  named: Named,
  dice: Chance,
): Pick<ApiRequest, 'body' | 'headers'> {
  const [type, told] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  if (!type)
    return dice.below(20) === 0
      ? { headers: { 'content-type': 'text/plain' }, body: 'unasked' }
      : { headers: {} }
  const headers = { 'content-type': dice.below(12) === 0 ? dice.pick(TYPES) : type }
  if (!type.includes('json')) return { headers, body: Buffer.from(dice.pick([...HOSTILE, 'bytes'])) }
  const sound = right.length > 0 && dice.below(2) === 0 ? dice.pick(right) : exampleOf(told?.schema, named)
  const kind = dice.below(20)
  if (kind < 5) return { headers, body: json(sound) }
  if (kind < 15) return { headers, body: json(mutated(sound, dice)) }
  const whole = json(sound)
  if (kind === 15) return { headers, body: whole.slice(0, dice.below(whole.length)) }
  if (kind === 16) return { headers, body: Buffer.from([0xff, 0xfe, ...Buffer.from(whole)]) }
  if (kind === 17) return { headers, body: dice.pick([DEEP, '[1,]', "{'a':1}", 'NaN', '{"a":1,"a":2}', '']) }
  if (kind === 18) return { headers, body: whole.replace('{', `{"x":"${'a'.repeat(40_000)}",`) }
  return { headers, body: dice.pick(HOSTILE) }
}

/** What is no route, and still a path. */
function oddPath(path: string, dice: Chance): string {
  const odd = encodeURIComponent(dice.pick(HOSTILE.filter(text => text.isWellFormed()))).slice(0, 3_000)
  return dice.pick([
    `${path}/`,
    `/${path}`,
    `${path}/${odd}`,
    `/v1/${odd}`,
    '/v1',
    '/v1/',
    `${path}%00`,
    `${path};x`,
    path.toUpperCase(),
    `${path}/../..`,
    '/v1/works/%',
    '/v1/%ff',
    `${path}?${odd}`,
  ])
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

function pathFor({ path, operation }: Route, known: Known, named: Named, dice: Chance): string {
  const parameters = operation.parameters ?? []
  const filled = parameters
    .filter(parameter => parameter.in === 'path')
    .reduce(
      (text, parameter) =>
        text.replace(`{${parameter.name}}`, () => encoded(valueFor(parameter, known, named, dice)) || 'x'),
      path,
    )
  const query = parameters
    .filter(
      parameter =>
        parameter.in === 'query' && (parameter.required ? dice.below(12) > 0 : dice.below(3) === 0),
    )
    .map(parameter => `${parameter.name}=${encoded(valueFor(parameter, known, named, dice))}`)
  if (dice.below(15) === 0) query.push(`${encoded(dice.pick(HOSTILE))}=${encoded(dice.pick(HOSTILE))}`)
  if (dice.below(30) === 0 && query[0]) query.push(query[0])
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`
}

/** One request, all of it decided by the dice. `right` are bodies that the route would take now, by route. */
export function requestOf(
  routes: readonly Route[],
  { known, right, named }: { known: Known; right: Record<string, readonly unknown[]>; named: Named },
  dice: Chance,
): ApiRequest {
  const route = dice.pick(routes)
  const name = `${route.method.toUpperCase()} ${route.path}`
  const usual = pathFor(route, known, named, dice)
  const path = dice.below(25) === 0 ? oddPath(usual, dice) : usual
  const method = dice.below(25) === 0 ? dice.pick(METHODS) : route.method.toUpperCase()
  const { headers, body } = bodyFor(route.operation, right[name] ?? [], named, dice)
  for (let more = dice.below(3); more > 0; more--) {
    const [header, values] = dice.pick(HEADERS)
    headers[header] = dice.pick(values)
  }
  const bodyless = method === 'GET' || method === 'HEAD' || method === 'TRACE'
  return { route: name, method, path, headers, ...(body === undefined || bodyless ? {} : { body }) }
}
