/** Picoschema: the short way in which a dotprompt declares its variables; parsed to fields, against which input is checked. */
import { Problem } from './problem.ts'
import { isRecord } from './record.ts'

const SCALARS = ['string', 'number', 'integer', 'boolean', 'any'] as const
type Scalar = (typeof SCALARS)[number]

export type FieldType =
  | { kind: Scalar }
  | { kind: 'enum'; values: readonly (string | number | boolean | null)[] }
  | { kind: 'array'; items: FieldType }
  | { kind: 'object'; fields: readonly Field[] }
export type Field = { name: string; optional: boolean; description?: string; type: FieldType }

const MAX_DEPTH = 8
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(\?)?(?:\((array|object|enum)(?:,\s*(.*))?\))?$/

/** Reads `input.schema`. `at` names the place for the message; every form outside the subset is refused. */
export function parsePicoschema(schema: unknown, at = 'input.schema', depth = 0): Field[] {
  if (!isRecord(schema)) throw refused(at, 'variables by name, as Picoschema')
  if (depth > MAX_DEPTH) throw refused(at, `at most ${MAX_DEPTH} levels`)
  return Object.entries(schema).map(([key, value]) => fieldOf(key, value, `${at}.${key}`, depth))
}

const refused = (at: string, expected: string) => new Problem('card_invalid', { got: at, expected })

function fieldOf(key: string, value: unknown, at: string, depth: number): Field {
  const [, name, optional, shape, note] = NAME.exec(key) ?? []
  if (!name || name === '__proto__') throw refused(at, 'a name such as `tone`, `tone?` or `tags(array)`')
  const scalar = shape === undefined && typeof value === 'string' ? splitNote(value) : undefined
  const description = note ?? scalar?.note
  return {
    name,
    optional: optional !== undefined,
    ...(description ? { description } : {}),
    type: shape === undefined ? typeOf(value, at, depth) : shapedType(shape, value, at, depth),
  }
}

function splitNote(value: string): { type: string; note?: string } {
  const comma = value.indexOf(',')
  return comma < 0
    ? { type: value.trim() }
    : { type: value.slice(0, comma).trim(), note: value.slice(comma + 1).trim() }
}

function typeOf(value: unknown, at: string, depth: number): FieldType {
  if (isRecord(value)) return { kind: 'object', fields: parsePicoschema(value, at, depth + 1) }
  const name = typeof value === 'string' ? splitNote(value).type : ''
  const scalar = SCALARS.find(kind => kind === name)
  if (!scalar) throw refused(at, `one of ${SCALARS.join(', ')}`)
  return { kind: scalar }
}

function shapedType(shape: string, value: unknown, at: string, depth: number): FieldType {
  if (shape === 'array') return { kind: 'array', items: typeOf(value, at, depth + 1) }
  if (shape === 'object') return { kind: 'object', fields: parsePicoschema(value, at, depth + 1) }
  const plain = (item: unknown): item is string | number | boolean | null =>
    item === null || ['string', 'number', 'boolean'].includes(typeof item)
  if (!Array.isArray(value) || value.length === 0 || !value.every(plain))
    throw refused(at, 'a list of plain values')
  return { kind: 'enum', values: value }
}

/** Input that matches the fields, with defaults filled in. Unknown names are refused: a typing error must not pass. */
export function checkInput(
  fields: readonly Field[],
  input: Record<string, unknown>,
  defaults: Record<string, unknown> = {},
  at = 'grimoire.input',
): Record<string, unknown> {
  const names = fields.map(field => field.name)
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) throw invalid(`${at}.${name}`, name, names.join(', ') || 'no variables')
  }
  const checked: [string, unknown][] = []
  for (const field of fields) {
    const value = input[field.name] ?? defaults[field.name]
    if (value === undefined || value === null) {
      if (!field.optional && !allowsNull(field.type))
        throw invalid(`${at}.${field.name}`, 'nothing', typeText(field.type))
    } else checked.push([field.name, checkValue(field.type, value, `${at}.${field.name}`)])
  }
  return Object.fromEntries(checked)
}

const invalid = (param: string, got: unknown, expected: string) =>
  new Problem('input_invalid', { param, got, expected })

const allowsNull = (type: FieldType): boolean =>
  type.kind === 'any' || (type.kind === 'enum' && type.values.includes(null))

export function typeText(type: FieldType): string {
  if (type.kind === 'enum') return `one of ${type.values.map(value => JSON.stringify(value)).join(', ')}`
  if (type.kind === 'array') return `a list of ${typeText(type.items)}`
  if (type.kind === 'object') return `an object with ${type.fields.map(field => field.name).join(', ')}`
  return type.kind
}

function checkValue(type: FieldType, value: unknown, at: string): unknown {
  if (type.kind === 'array') {
    if (!Array.isArray(value)) throw invalid(at, value, typeText(type))
    return value.map((item, index) => checkValue(type.items, item, `${at}.${index}`))
  }
  if (type.kind === 'object') {
    if (!isRecord(value)) throw invalid(at, value, typeText(type))
    return checkInput(type.fields, value, {}, at)
  }
  if (!fits(type, value)) throw invalid(at, value, typeText(type))
  return value
}

function fits(type: FieldType, value: unknown): boolean {
  if (type.kind === 'any') return true
  if (type.kind === 'enum') return type.values.some(allowed => allowed === value)
  if (type.kind === 'integer') return Number.isSafeInteger(value)
  return typeof value === type.kind && (type.kind !== 'number' || Number.isFinite(value))
}
