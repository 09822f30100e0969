/** What holds an answer to a form: JSON of a schema, a call that has to be made, or functions that may be called. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import type { ChatModelFunctions, GbnfJsonSchema } from 'node-llama-cpp'
import { grammarSchema } from './json-schema.ts'
import type { Offered, OfferedTool, Sampling, SpokenCall } from './protocol.ts'

/** Throws, before anything is paid, what no grammar of llama.cpp can hold an answer to. */
export function requireGrammar(sampling: Sampling): void {
  const { form, offered } = sampling
  if (form && offered) {
    throw new Problem('field_unsupported', {
      param: 'response_format',
      got: 'tools together with a response_format of JSON',
      expected: 'one of the two',
    })
  }
  if (offered) functionsOf(offered)
  else schemaOf(sampling)
}

const parametersOf = ({ parameters, strict = false }: OfferedTool, at: number): GbnfJsonSchema =>
  grammarSchema(parameters ?? { type: 'object', properties: {}, additionalProperties: false }, {
    param: `tools.${at}.function.parameters`,
    strict,
  })

/** The functions as node-llama-cpp describes them to a model and reads their calls. */
export function functionsOf({ tools }: Offered): ChatModelFunctions {
  const functions = tools.map((tool, at) => {
    const { name, description } = tool
    return [name, { params: parametersOf(tool, at), ...(description ? { description } : {}) }] as const
  })
  return Object.fromEntries(functions)
}

/** A call that has to be made is an answer in JSON: a function's name, and its arguments. */
function callSchema({ tools, choice }: Offered): GbnfJsonSchema {
  const allowed = [...tools.entries()].filter(
    ([, { name }]) => typeof choice === 'string' || choice.name === name,
  )
  const calls = allowed.map(([at, tool]) => ({
    type: 'object' as const,
    properties: { name: { const: tool.name }, arguments: parametersOf(tool, at) },
  }))
  return { oneOf: calls }
}

/** The schema that the whole answer is held to; null when it may be any text. */
export function schemaOf({ form, offered }: Sampling): GbnfJsonSchema | null {
  if (mustCall(offered)) return callSchema(offered)
  if (!form) return null
  const { schema, strict = true } = form
  return grammarSchema(schema, { param: 'response_format.json_schema.schema', strict })
}

export const mustCall = (offered: Offered | undefined): offered is Offered =>
  offered !== undefined && offered.choice !== 'auto'

/** A call that has to be made is asked for in words too; it stands last, so that what comes before stays warm. */
export function withCallAsked(messages: readonly Utterance[], offered: Offered | undefined): Utterance[] {
  if (!mustCall(offered)) return [...messages]
  const { tools, choice } = offered
  const shown = tools.filter(({ name }) => typeof choice === 'string' || choice.name === name)
  const lines = shown.map(({ name, description, parameters }) =>
    canonicalJson({ name, description, parameters }),
  )
  const content = `Answer with a call of one of these functions, as {"name": …, "arguments": …}:\n${lines.join('\n')}`
  return [...messages, { role: 'system', content }]
}

/** The call that an answer in JSON is; null when it was cut before its end. */
export function callFrom(text: string): SpokenCall | null {
  try {
    const call: unknown = JSON.parse(text)
    if (typeof call !== 'object' || call === null || !('name' in call) || !('arguments' in call)) return null
    return { name: String(call.name), arguments: JSON.stringify(call.arguments) }
  } catch {
    return null
  }
}
