/** Writes the configuration that `init` leaves: every setting there is, each under the sentence that explains it. */
import { isRecord } from '@grimoire/schema/record'
import { stringify } from 'smol-toml'
import { z } from 'zod'
import { fileConfig } from '../config.ts'

export type Chosen = Record<string, unknown>

const WIDTH = 92

/** Words into lines that are read without scrolling, each behind a #. */
function comment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

type Field = {
  key: string
  description: string
  fallback: unknown
  section: z.ZodObject | null
  required: boolean
}

function fieldOf(key: string, schema: unknown): Field {
  let at = schema
  let fallback: unknown
  let required = true
  const description = at instanceof z.ZodType ? (at.description ?? '') : ''
  while (at instanceof z.ZodDefault || at instanceof z.ZodPrefault || at instanceof z.ZodOptional) {
    required = false
    if (at instanceof z.ZodDefault) fallback = at.def.defaultValue
    at = at.unwrap()
  }
  return { key, description, fallback, section: at instanceof z.ZodObject ? at : null, required }
}

const fieldsOf = (schema: z.ZodObject): Field[] =>
  Object.entries(schema.shape).map(([key, value]) => fieldOf(key, value))

/** Within the plain settings a table has to stand in one line, or it would swallow those that follow. */
function written(key: string, value: unknown): string {
  if (!isRecord(value)) return stringify({ [key]: value }).trim()
  const inner = Object.entries(value).map(([name, one]) => stringify({ [name]: one }).trim())
  return `${key} = { ${inner.join(', ')} }`
}

function setting({ key, description, fallback }: Field, value: unknown): string[] {
  const said = description ? comment(description) : []
  const apart = description ? [''] : []
  if (value !== undefined) return [...said, written(key, value), ...apart]
  return [...said, fallback === undefined ? `#${key} = ""` : `#${written(key, fallback)}`, ...apart]
}

function section({ key, description, section: schema, required }: Field, value: unknown): string[] {
  const given = isRecord(value) ? value : {}
  const written = isRecord(value) || required
  const inner = schema ? fieldsOf(schema) : []
  const lines = inner.flatMap(field => setting(field, given[field.key]))
  // A table that is left out as a whole keeps its head behind a #, or its required keys would be missed.
  const present = written || inner.every(field => !field.required)
  const end = lines.at(-1) === '' ? [] : ['']
  return [...comment(description), present ? `[${key}]` : `#[${key}]`, ...lines, ...end]
}

/** TOML wants the plain settings before the first table. */
export function configText(chosen: Chosen): string {
  const fields = fieldsOf(fileConfig)
  const plain = fields.filter(field => !field.section).flatMap(field => setting(field, chosen[field.key]))
  const tables = fields.filter(field => field.section).flatMap(field => section(field, chosen[field.key]))
  const head = [
    '# A Grimoire inference node. Settings behind a # show what holds when they are left out.',
    '# Sums are in atomic units: 1000000 is one dollar. Paths are relative to this file.',
    '',
  ]
  return `${[...head, ...plain, ...tables].join('\n').trim()}\n`
}
