/** An example for a schema: what it names itself, or the plainest value that it takes. */
import { isRecord } from '@grimoire/schema/record'
import type { Schema } from './description.ts'

/** Texts of the kinds that patterns of ours ask for; the first that fits is taken. */
const TEXTS = [
  '1000000',
  `0x${'ab'.repeat(65)}`,
  `0x${'ab'.repeat(20)}`,
  `0x${'ab'.repeat(32)}`,
  'ab'.repeat(32),
  'ab'.repeat(48),
  '2026-11-27',
  'en',
  'example',
  'Example',
  '1.0.0',
  'https://example.com',
  `age1${'q'.repeat(58)}`,
  'YWJj',
]

/** Of a pattern that counts hex digits: as many. */
function digitsFor(pattern: string): string[] {
  const count = /\{(\d+)\}\$$/.exec(pattern)?.[1]
  const before = /^\^(\w*)/.exec(pattern)?.[1] ?? ''
  return count === undefined ? [] : [before + 'ab'.repeat(Number(count)).slice(0, Number(count))]
}

function textOf({ pattern, format, minLength = 0, maxLength }: Schema): string {
  if (format === 'uri' || format === 'url') return 'https://example.com'
  if (format === 'binary') return 'bytes'
  if (format === 'date-time') return '2026-11-27T00:00:00Z'
  if (format === 'uuid') return '6f1c2f0e-5d3b-4c57-9c1e-0b5a3f1f7a11'
  const told =
    pattern === undefined
      ? 'example'
      : [...TEXTS, ...digitsFor(pattern)].find(text => new RegExp(pattern, 'u').test(text))
  return (told ?? 'example').padEnd(minLength, 'x').slice(0, maxLength)
}

function numberOf({ minimum, exclusiveMinimum, maximum = Number.MAX_SAFE_INTEGER }: Schema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : exclusiveMinimum + 1)
  return Math.min(Math.max(1, least), maximum)
}

type Named = Record<string, unknown>

/** `named` are the schemas that others point to; `depth` ends what points to itself. */
export function exampleOf(given: unknown, named: Named, depth = 0): unknown {
  if (!isRecord(given) || depth > 12) return null
  const schema = given as Schema // Safety: every field of it is optional and is looked at before it is used.
  if (schema.example !== undefined) return schema.example
  if (schema.default !== undefined) return schema.default
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.$ref) return exampleOf(named[schema.$ref.split('/').at(-1) ?? ''], named, depth + 1)
  const [first] = schema.anyOf ?? schema.oneOf ?? []
  if (first !== undefined) return exampleOf(first, named, depth + 1)
  if (schema.allOf) {
    return Object.assign({}, ...schema.allOf.map(part => exampleOf(part, named, depth + 1)))
  }
  const type = Array.isArray(schema.type) ? schema.type.find(one => one !== 'null') : schema.type
  if (type === 'string') return textOf(schema)
  if (type === 'integer' || type === 'number') return numberOf(schema)
  if (type === 'boolean') return true
  if (type === 'array') return arrayOf(schema, named, depth)
  if (type === 'object') return objectOf(schema, named, depth)
  return null
}

function arrayOf(schema: Schema, named: Named, depth: number): unknown[] {
  if (schema.prefixItems) return schema.prefixItems.map(item => exampleOf(item, named, depth + 1))
  const count = Math.max(1, schema.minItems ?? 1)
  return Array.from({ length: count }, () => exampleOf(schema.items, named, depth + 1))
}

const objectOf = ({ properties = {} }: Schema, named: Named, depth: number): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, named, depth + 1)]),
  )
