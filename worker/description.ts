/** The part of an OpenAPI document that the edge writes, its tests read, and the docs page shows. */
import type { ProblemCode } from '@grimoire/schema/problem'

export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  example?: unknown
  default?: unknown
  const?: unknown
  enum?: unknown[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  items?: unknown
  prefixItems?: unknown[]
  properties?: Record<string, unknown>
  required?: string[]
  additionalProperties?: unknown
  anyOf?: unknown[]
  oneOf?: unknown[]
  allOf?: unknown[]
}
export type Content = Record<string, { schema?: unknown; example?: unknown }>
export type Answer = {
  description: string
  content?: Content
  headers?: Record<string, unknown>
  'x-codes'?: readonly ProblemCode[]
}
export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema?: unknown
  example?: unknown
}
export type Operation = {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, Answer>
  security?: Record<string, string[]>[]
}
export type Description = {
  openapi: string
  info: { title: string; version: string; description: string }
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas?: Record<string, unknown>
    headers?: Record<string, unknown>
    securitySchemes?: Record<string, unknown>
  }
}
