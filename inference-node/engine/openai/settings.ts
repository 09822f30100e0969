/** What an operator sets to have turns answered by another server than the embedded llama.cpp. */
import { readFileSync } from 'node:fs'
import { sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'

const apiKey = z.union([z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })])

/** How the server is told to apply an adapter: as a model of that name (vLLM, SGLang), or by llama-server's number. */
const servedAdapter = z.union([
  z.string().min(1).max(200),
  z.strictObject({ lora: z.number().int().min(0).max(1_000) }),
])
export type ServedAdapter = z.infer<typeof servedAdapter>

/** Beside the settings of the embedded engine, of which `contextTokens`, `sequences`, `queue` and `stallMs` hold here too. */
export const openAiSettings = {
  kind: z
    .enum(['llama.cpp', 'openai'])
    .default('llama.cpp')
    .describe(
      '"openai" asks a server of yours that speaks OpenAI’s API instead: vLLM, SGLang, llama-server, Ollama.',
    ),
  baseUrl: z.url().optional().describe('Where that server’s API begins, such as http://127.0.0.1:8000/v1.'),
  model: z.string().min(1).max(200).optional().describe('The base model’s name there.'),
  apiKey: apiKey.optional().describe('Its API key: a file, or a variable of the environment.'),
  adapters: z
    .record(sha256Name, servedAdapter)
    .default({})
    .describe(
      'Adapters that it serves, by the sha256 of their file: a name, or { lora = <number> } of llama-server.',
    ),
  baseModelSha256: sha256Name
    .optional()
    .describe('sha256 of the base model’s GGUF: works name their base by it.'),
  baseModelName: z.string().min(1).max(120).optional().describe('The base model’s name for people.'),
}

type Given = z.infer<z.ZodObject<typeof openAiSettings>> & { contextTokens: number }
export type OpenAiServer = {
  baseUrl: string
  model: string
  apiKey: string | null
  adapters: Record<string, ServedAdapter>
  contextTokens: number
  baseModelSha256: string
  baseModelName: string
}

/** What must be there once the kind is chosen, each named when it is missing. */
export function openAiServer(given: Given): OpenAiServer {
  const { baseUrl, model, baseModelSha256, contextTokens } = given
  const missing = (name: string, expected: string): never => {
    throw new Problem('config_invalid', { param: `engine.${name}`, got: `no engine.${name}`, expected })
  }
  return {
    baseUrl: (baseUrl ?? missing('baseUrl', 'where the server’s API begins')).replace(/\/+$/, ''),
    model: model ?? missing('model', 'the model’s name at the server'),
    apiKey: given.apiKey ? readApiKey(given.apiKey) : null,
    adapters: given.adapters,
    contextTokens:
      contextTokens || missing('contextTokens', 'the window that the server gives a conversation'),
    baseModelSha256:
      baseModelSha256 ?? missing('baseModelSha256', 'the sha256 by which works name their base'),
    baseModelName: given.baseModelName ?? model ?? 'unnamed',
  }
}

function readApiKey(source: z.infer<typeof apiKey>): string {
  const from = 'env' in source ? source.env : source.file
  try {
    const text = 'env' in source ? process.env[source.env] : readFileSync(source.file, 'utf8')
    if (text?.trim()) return text.trim()
  } catch (cause) {
    throw new Problem('config_invalid', {
      param: 'engine.apiKey',
      got: from,
      expected: 'a file that can be read',
      cause,
    })
  }
  throw new Problem('config_invalid', { param: 'engine.apiKey', got: from, expected: 'an API key there' })
}
