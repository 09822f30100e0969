/** The description of the edge as TypeScript: what each route takes and answers, for a client that the compiler holds to it. */
import { isRecord } from '@grimoire/schema/record'
import type { Description, Operation, Schema } from './description.ts'

type Named = Record<string, unknown>

const keyOf = (name: string): string => (/^[a-zA-Z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

function typeOf(given: unknown, named: Named): string {
  const schema = isRecord(given) ? (given as Schema) : {} // Safety: every field of it is optional.
  if (schema.$ref) return typeOf(named[schema.$ref.split('/').at(-1) ?? ''], named)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return union(schema.enum.map(value => JSON.stringify(value)))
  const options = schema.anyOf ?? schema.oneOf
  if (options) return union(options.map(one => typeOf(one, named)))
  if (schema.allOf) return schema.allOf.map(one => typeOf(one, named)).join(' & ')
  return union([schema.type ?? 'unknown'].flat().map(type => plainType(type, schema, named)))
}

const union = (types: string[]): string => [...new Set(types)].join(' | ') || 'unknown'

function plainType(type: string, schema: Schema, named: Named): string {
  if (type === 'string') return schema.pattern?.startsWith('^0x') ? `\`0x\${string}\`` : 'string'
  if (type === 'integer' || type === 'number') return 'number'
  if (type === 'boolean' || type === 'null') return type
  if (type === 'array') {
    if (schema.prefixItems) return `[${schema.prefixItems.map(item => typeOf(item, named)).join(', ')}]`
    return `(${typeOf(schema.items, named)})[]`
  }
  if (type !== 'object') return 'unknown'
  const fields = Object.entries(schema.properties ?? {}).map(([name, inner]) => {
    const absent = !schema.required?.includes(name)
    return `${keyOf(name)}${absent ? '?' : ''}: ${typeOf(inner, named)}${absent ? ' | undefined' : ''}`
  })
  if (isRecord(schema.additionalProperties))
    return `Record<string, ${typeOf(schema.additionalProperties, named)}>`
  return fields.length === 0 ? 'Record<string, unknown>' : `{ ${fields.join('; ')} }`
}

function parametersIn(place: 'path' | 'query', { parameters = [] }: Operation, named: Named): string {
  const fields = parameters
    .filter(parameter => parameter.in === place)
    .map(({ name, required, schema }) => {
      const type = place === 'path' ? 'string' : typeOf(schema, named)
      return `${keyOf(name)}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'}`
    })
  return fields.length === 0 ? 'undefined' : `{ ${fields.join('; ')} }`
}

const jsonOf = (content: Record<string, { schema?: unknown }> | undefined): unknown =>
  Object.entries(content ?? {}).find(([type]) => type.includes('json'))?.[1].schema

function routeType(method: string, path: string, operation: Operation, named: Named): string {
  const body = jsonOf(operation.requestBody?.content)
  const good = Object.entries(operation.responses).find(([status]) => /^2/.test(status))?.[1]
  const answer = jsonOf(good?.content)
  return `  '${method.toUpperCase()} ${path}': { path: ${parametersIn('path', operation, named)}; query: ${parametersIn('query', operation, named)}; body: ${body ? typeOf(body, named) : 'undefined'}; answer: ${answer ? typeOf(answer, named) : 'undefined'} }`
}

export function clientTypes({ paths, components }: Description): string {
  const named = components.schemas ?? {}
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => routeType(method, path, operation, named)),
  )
  return `/** What each route of the edge takes and answers. Written by \`npm run api\` from the routes themselves: do not edit. */
export type EdgeRoutes = {
${routes.sort().join('\n')}
}
`
}
