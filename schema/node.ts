/** What an inference node says of itself: health, and its models in the shape that OpenAI and OpenRouter clients read. */
import { z } from 'zod'
import { address, bytes32, sha256Name } from './hex.ts'

export const nodeHealth = z.object({
  status: z.literal('ok'),
  chainId: z.number().int(),
  blockNumber: z.string(),
  operator: address,
  sessionKey: bytes32,
  /** `openai`: another server speaks, and `llamaRelease` says which. */
  engine: z.enum(['llama.cpp', 'openai']),
  llamaRelease: z.string(),
  gpu: z.union([z.literal(false), z.string()]),
  base: z.object({ name: z.string(), sha256: sha256Name, contextTokens: z.number().int() }),
  /** All base models, that one first; one that is down is being started again. */
  bases: z.array(
    z.object({ name: z.string(), sha256: sha256Name, contextTokens: z.number().int(), alive: z.boolean() }),
  ),
  openWorks: z.number().int(),
  /** Free turns that a creator has here in a day, to try a work before its mint; 0 where there are none. */
  draftTurnsPerDay: z.number().int(),
  /** A canary may be asked for once in so many seconds; 0, and of nodes that do not say it, never. */
  canaryEverySeconds: z.number().int().default(0),
})
export type NodeHealth = z.infer<typeof nodeHealth>

/** Prices in OpenRouter's way: decimal strings in the asset's whole unit, per byte here since bytes are the unit of charge. */
export const nodeModel = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.number().int(),
  owned_by: z.string(),
  name: z.string(),
  description: z.string(),
  context_length: z.number().int(),
  max_output_length: z.number().int(),
  input_modalities: z.array(z.string()),
  output_modalities: z.array(z.string()),
  /** OpenRouter knows a few words; a GGUF's own kinds are not among them. */
  quantization: z.string(),
  pricing: z.object({
    unit: z.literal('byte'),
    prompt: z.string(),
    completion: z.string(),
    request: z.string(),
  }),
  supported_parameters: z.array(z.string()),
  supported_sampling_parameters: z.array(z.string()),
  supported_features: z.array(z.string()),
})
export const nodeModels = z.object({ object: z.literal('list'), data: z.array(nodeModel) })
export type NodeModels = z.infer<typeof nodeModels>
