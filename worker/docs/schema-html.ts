/** A schema as a reader sees it: fields with their types, bounds and meaning, one level in the next. */
import { isRecord } from '@grimoire/schema/record'
import { html } from 'hono/html'
import type { Schema } from '../description.ts'

export type Html = ReturnType<typeof html>
type Named = Record<string, unknown>

const resolved = (given: unknown, named: Named): Schema => {
  const schema = isRecord(given) ? (given as Schema) : {} // Safety: every field of it is optional.
  return schema.$ref ? resolved(named[schema.$ref.split('/').at(-1) ?? ''], named) : schema
}

/** `string or null`, `list of integer`, `one of new, price`. */
export function typeOf(given: unknown, named: Named, depth = 0): string {
  const schema = resolved(given, named)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return `one of ${schema.enum.map(String).join(', ')}`
  const options = schema.anyOf ?? schema.oneOf
  if (options) return [...new Set(options.map(one => typeOf(one, named, depth + 1)))].join(' or ')
  if (schema.allOf) return 'object'
  const types = [schema.type ?? 'any'].flat()
  return types
    .map(type => {
      if (type === 'array') return depth > 3 ? 'list' : `list of ${typeOf(schema.items, named, depth + 1)}`
      return type === 'string' && schema.format ? schema.format : type
    })
    .join(' or ')
}

export function boundsOf(given: unknown, named: Named): string {
  const { minimum, maximum, minLength, maxLength, maxItems, default: preset } = resolved(given, named)
  const told = [
    minimum === undefined ? '' : `from ${minimum}`,
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : `to ${maximum}`,
    minLength === undefined ? '' : `at least ${minLength} characters`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    maxItems === undefined ? '' : `at most ${maxItems}`,
    preset === undefined ? '' : `otherwise ${JSON.stringify(preset)}`,
  ]
  return told.filter(text => text !== '').join(', ')
}

/** The objects behind a schema, through lists and choices, as their fields. */
function fieldsIn(given: unknown, named: Named, depth = 0): [string, unknown, boolean][] {
  const schema = resolved(given, named)
  if (depth > 6) return []
  if (schema.properties) {
    return Object.entries(schema.properties).map(([name, inner]) => [
      name,
      inner,
      schema.required?.includes(name) ?? false,
    ])
  }
  const inner = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  const seen = new Map<string, [string, unknown, boolean]>()
  for (const one of inner.filter(isRecord)) {
    for (const field of fieldsIn(one, named, depth + 1)) if (!seen.has(field[0])) seen.set(field[0], field)
  }
  return [...seen.values()]
}

export function fieldsHtml(given: unknown, named: Named, depth = 0): Html | '' {
  const fields = depth > 6 ? [] : fieldsIn(given, named)
  if (fields.length === 0) return ''
  return html`<ul class="fields">
    ${fields.map(([name, inner, required]) => {
      const bounds = boundsOf(inner, named)
      const { description } = resolved(inner, named)
      return html`<li>
        <code>${name}</code> <span class="type">${typeOf(inner, named)}${bounds ? `, ${bounds}` : ''}</span>
        ${required ? '' : html`<span class="type">may be absent</span>`}
        ${description ? html`<br />${description}` : ''} ${fieldsHtml(inner, named, depth + 1)}
      </li>`
    })}
  </ul>`
}
