/** Functions that a caller offers and an answer calls, and the form an answer must have: OpenAI's fields, as far as they are taken. */
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'

const functionName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ or -')
const jsonSchema = z.record(z.string(), z.unknown())
export type JsonSchema = z.infer<typeof jsonSchema>

/** Unknown fields stay: they are counted as they were sent. */
export const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: functionName,
    description: z.string().max(4_096).nullish(),
    parameters: jsonSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
})

export const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.object({ type: z.literal('function'), function: z.object({ name: functionName }) }),
])

export const toolCall = z.object({
  id: z.string().min(1).max(128),
  type: z.literal('function'),
  function: z.object({ name: functionName, arguments: z.string().max(65_536) }),
})
export type ToolCall = z.infer<typeof toolCall>

export const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().max(64),
      schema: jsonSchema.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
])

/** An answer's call as text: its name and its arguments. The id is the node's own, and is neither counted nor hashed. */
export const callTexts = ({ function: { name, arguments: given } }: ToolCall): [string, string] => [
  name,
  given,
]

type Offer = { tools?: unknown; response_format?: unknown }

/** What of a request the engine reads beside its messages, each as canonical JSON: the tools, and a schema to keep to. */
export function offeredTexts({ tools, response_format: format }: Offer): string[] {
  const schema =
    typeof format === 'object' && format !== null && 'json_schema' in format ? [format.json_schema] : []
  const offered = Array.isArray(tools) && tools.length > 0 ? [tools] : []
  return [...offered, ...schema].map(canonicalJson)
}
