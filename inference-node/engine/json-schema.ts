/** A caller's JSON Schema as llama.cpp's grammars can hold an answer to it; what they cannot hold is refused by name. */

import { Problem } from '@grimoire/schema/problem'
import { isRecord } from '@grimoire/schema/record'
import type { JsonSchema } from '@grimoire/schema/tools'
import type { GbnfJsonSchema } from 'node-llama-cpp'

/** Keywords that describe and do not restrict; `required` too, since every declared property is always written. */
const NOTES = new Set(
  'title description default examples $schema $id $comment deprecated readOnly writeOnly required name strict'.split(
    ' ',
  ),
)
const TAKEN = new Set(
  'type properties additionalProperties items prefixItems enum const anyOf oneOf allOf $ref $defs definitions format minItems maxItems minLength maxLength minProperties maxProperties'.split(
    ' ',
  ),
)
const BOUNDS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'] as const
const FORMATS = ['date', 'time', 'date-time']
const PRIMITIVES = ['string', 'number', 'integer', 'boolean', 'null']

/** A grammar grows with these; llama.cpp compiles it in the process that answers everyone. */
const MAX_TEXT = 65_536
const MAX_DEPTH = 32
const MAX_NODES = 1_000
const MAX_REPEATS = 4_096
/** In how many ways a definition may begin: llama.cpp follows all of them side by side. */
const MAX_WAYS = 1_000

const ANY_OBJECT = { type: 'object', additionalProperties: true } as const
const ANYTHING = {
  oneOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array' }, ANY_OBJECT],
} as const

type Options = {
  /** The field of the request that holds the schema. */
  param: string
  /** Refuse a restriction that cannot be held, or answer as well as can be. */
  strict: boolean
}

/** Any JSON object, when no schema is given. */
export function grammarSchema(schema: JsonSchema | undefined, options: Options): GbnfJsonSchema {
  if (!schema) return ANY_OBJECT
  return new Reader(schema, options).read()
}
const isPrimitive = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

class Reader {
  readonly #root: JsonSchema
  readonly #options: Options
  readonly #definitions: JsonSchema
  #nodes = 0
  #repeats = 0
  /** Of the definitions that were followed to their ends. */
  readonly #ways = new Map<string, number>()

  constructor(root: JsonSchema, options: Options) {
    this.#root = root
    this.#options = options
    const { $defs, definitions } = root
    this.#definitions = { ...(isRecord(definitions) ? definitions : {}), ...(isRecord($defs) ? $defs : {}) }
  }

  read(): GbnfJsonSchema {
    if (JSON.stringify(this.#root).length > MAX_TEXT)
      this.#refuse('a schema of this size', `${MAX_TEXT} characters`)
    const names = Object.keys(this.#definitions)
    const defs = Object.fromEntries(names.map(name => [name, this.#node(this.#definitions[name], 1)]))
    const root = this.#node(this.#root, 0)
    for (const name of names) this.#waysOf(name, new Set())
    // Safety: `$defs` may stand on any node; the library's type wants them on a literal whose names it knows.
    return names.length > 0 ? ({ ...wrapped(root), $defs: defs } as GbnfJsonSchema) : root
  }

  #refuse(got: string, expected: string): never {
    throw new Problem('field_unsupported', { param: this.#options.param, got, expected })
  }

  /**
   * A definition that is only itself again would have the grammar go round for ever; one that others share is followed
   * once, and counted as often as it is reached.
   */
  #waysOf(name: string, under: Set<string>): number {
    const known = this.#ways.get(name)
    if (known !== undefined) return known
    if (under.has(name)) this.#refuse(`$defs.${name}, which is only itself`, 'a definition that ends')
    under.add(name)
    let ways = 0
    for (const next of alternatives(this.#definitions[name])) {
      const target = refName(next)
      ways += target === null ? 1 : this.#waysOf(target, under)
      if (ways > MAX_WAYS) this.#refuse(`$defs.${name}, which may begin in more ways`, `${MAX_WAYS} ways`)
    }
    under.delete(name)
    this.#ways.set(name, ways)
    return ways
  }

  #node(value: unknown, depth: number): GbnfJsonSchema {
    if (value === true || (isRecord(value) && Object.keys(value).every(key => NOTES.has(key))))
      return ANYTHING
    if (!isRecord(value)) this.#refuse(JSON.stringify(value) ?? 'nothing', 'a JSON Schema')
    if (depth > MAX_DEPTH || ++this.#nodes > MAX_NODES)
      this.#refuse('a larger schema', `${MAX_NODES} parts, ${MAX_DEPTH} deep`)
    this.#requireKeywords(value)
    const { $ref, allOf, anyOf, oneOf, enum: listed } = value
    if ($ref !== undefined) return this.#reference(value)
    if (Array.isArray(allOf)) {
      if (allOf.length !== 1) this.#refuse('allOf', 'one schema')
      return this.#node(allOf[0], depth + 1)
    }
    const either = oneOf ?? anyOf
    if (Array.isArray(either)) return { oneOf: either.map(each => this.#node(each, depth + 1)) }
    if (isPrimitive(value.const)) return { const: value.const }
    if (Array.isArray(listed)) {
      if (listed.length > 0 && listed.every(isPrimitive)) return { enum: listed }
      this.#refuse('enum', 'texts, numbers, true, false or null')
    }
    if (value.const !== undefined) this.#refuse('const', 'a text, a number, true, false or null')
    return this.#typed(value, depth)
  }

  #requireKeywords(value: JsonSchema): void {
    if (!this.#options.strict) return
    for (const key of Object.keys(value)) {
      if (NOTES.has(key) || TAKEN.has(key)) continue
      this.#refuse(key, 'a schema without it')
    }
  }

  #reference(value: JsonSchema): GbnfJsonSchema {
    const name = refName(value)
    if (name === null || !Object.hasOwn(this.#definitions, name))
      this.#refuse(String(value.$ref), '#/$defs/<a definition of the schema>')
    return { $ref: `#/$defs/${name}` } as GbnfJsonSchema // Safety: the definition is there; the type cannot know.
  }

  #typed(value: JsonSchema, depth: number): GbnfJsonSchema {
    const type = value.type ?? ('properties' in value ? 'object' : 'items' in value ? 'array' : undefined)
    if (Array.isArray(type)) {
      if (type.length === 0) this.#refuse('type', 'a type')
      return { oneOf: type.map(each => this.#node({ ...value, type: each }, depth + 1)) }
    }
    if (type === 'object') return this.#object(value, depth)
    if (type === 'array') return this.#array(value, depth)
    if (type === 'string') return this.#string(value)
    if (typeof type === 'string' && PRIMITIVES.includes(type)) return { type } as GbnfJsonSchema // Safety: one of them.
    if (type === undefined) return ANYTHING
    return this.#refuse(`type ${JSON.stringify(type)}`, [...PRIMITIVES, 'object', 'array'].join(', '))
  }

  #object(value: JsonSchema, depth: number): GbnfJsonSchema {
    const { properties, additionalProperties: more } = value
    const declared = isRecord(properties) ? Object.entries(properties) : []
    const open = more === undefined ? declared.length === 0 : more
    const fields = declared.map(([name, each]) => [name, this.#node(each, depth + 1)] as const)
    return {
      type: 'object',
      ...(fields.length > 0 ? { properties: Object.fromEntries(fields) } : {}),
      ...(open === false ? {} : { additionalProperties: open === true || this.#node(open, depth + 1) }),
      ...this.#bounds(value),
    }
  }

  #array(value: JsonSchema, depth: number): GbnfJsonSchema {
    const { items, prefixItems } = value
    return {
      type: 'array',
      ...(items === undefined || items === true ? {} : { items: this.#node(items, depth + 1) }),
      ...(Array.isArray(prefixItems)
        ? { prefixItems: prefixItems.map(each => this.#node(each, depth + 1)) }
        : {}),
      ...this.#bounds(value),
    }
  }

  #string(value: JsonSchema): GbnfJsonSchema {
    const { format } = value
    if (typeof format !== 'string') return { type: 'string', ...this.#bounds(value) }
    if (FORMATS.includes(format)) return { type: 'string', format: format as 'date' } // Safety: one of the three.
    if (this.#options.strict) this.#refuse(`format ${format}`, FORMATS.join(', '))
    return { type: 'string', ...this.#bounds(value) }
  }

  #bounds(value: JsonSchema): Record<string, number> {
    const bounds: Record<string, number> = {}
    for (const name of BOUNDS) {
      const bound = value[name]
      if (bound === undefined) continue
      if (typeof bound !== 'number' || !Number.isInteger(bound) || bound < 0)
        return this.#refuse(name, 'a whole number')
      this.#repeats += bound
      if (this.#repeats > MAX_REPEATS) this.#refuse(`${name} ${bound}`, `${MAX_REPEATS} repetitions in all`)
      bounds[name] = bound
    }
    return bounds
  }
}

const wrapped = (schema: GbnfJsonSchema): GbnfJsonSchema =>
  'type' in schema && (schema.type === 'object' || schema.type === 'array') ? schema : { oneOf: [schema] }

/** Of a schema that was read, so that none stands too deep: the same that `#node` reads. */
function alternatives(value: unknown): JsonSchema[] {
  if (!isRecord(value)) return []
  const { $ref, allOf, anyOf, oneOf } = value
  const lists = $ref === undefined ? [allOf, oneOf ?? anyOf].find(Array.isArray) : undefined
  return lists ? lists.flatMap(alternatives) : [value]
}

function refName({ $ref }: JsonSchema): string | null {
  const match = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(String($ref ?? ''))
  return match?.[1] ?? null
}
