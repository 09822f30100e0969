/** A turn of conversation: the OpenAI request that is taken, its hash, its bytes, and the holder's signature over it. */
import { keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { bytes32, type Hex } from './hex.ts'
import { utf8Bytes } from './price.ts'

const textPart = z.object({ type: z.literal('text'), text: z.string() })

export const chatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(textPart).min(1)]),
  name: z.string().max(64).optional(),
})
export type ChatMessage = z.infer<typeof chatMessage>

/** Unknown fields are ignored, as OpenAI's clients expect; fields that would change the answer are listed or refused. */
export const chatRequest = z.object({
  model: z.string().min(1).max(256),
  messages: z.array(chatMessage).min(1).max(512),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  max_tokens: z.number().int().min(1).max(32_768).nullish(),
  max_completion_tokens: z.number().int().min(1).max(32_768).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  /** Ours: the variables of a prompt work. */
  grimoire: z.object({ input: z.record(z.string(), z.unknown()).optional() }).nullish(),
})
export type ChatRequest = z.infer<typeof chatRequest>

/** Fields of OpenAI's API that would change the answer and that we do not do: refused by name, never ignored. */
export const UNSUPPORTED_FIELDS = [
  'tools',
  'tool_choice',
  'functions',
  'response_format',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'audio',
  'modalities',
] as const

export const textOf = (message: ChatMessage): string =>
  typeof message.content === 'string' ? message.content : message.content.map(part => part.text).join('')

/** What is charged as sent: the UTF-8 bytes of every message's text, and of the variables as canonical JSON. */
export function inputBytesOf(request: Pick<ChatRequest, 'messages' | 'grimoire'>): number {
  const messages = request.messages.reduce((sum, message) => sum + utf8Bytes(textOf(message)), 0)
  return messages + (request.grimoire?.input ? utf8Bytes(canonicalJson(request.grimoire.input)) : 0)
}

export const DEFAULT_MAX_TOKENS = 256
/** The bound on delivered bytes per token asked for; generation stops when it is reached, so a voucher always covers it. */
export const MAX_BYTES_PER_TOKEN = 16

export const maxTokensOf = (request: ChatRequest): number =>
  request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_MAX_TOKENS

export const maxOutputBytesOf = (request: ChatRequest): number => maxTokensOf(request) * MAX_BYTES_PER_TOKEN

/** The name of one request: keccak256 of its canonical JSON as it was sent, unknown fields included. */
export const requestHash = (request: unknown): Hex => keccak256(toBytes(canonicalJson(request)))

export const outputHash = (text: string): Hex => keccak256(toBytes(text))

/** Signed by the channel's session key, so that a stolen grant cannot spend another's channel. */
export const TURN_SIGNATURE_HEADER = 'grimoire-turn-signature'
export const TURN_TYPES = {
  Turn: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'requestHash', type: 'bytes32' },
  ],
} as const

export const turnTypedData = (turn: { channelId: Hex; requestHash: Hex }, chainId: number, works: Hex) =>
  ({
    domain: { name: 'Grimoire Turn', version: '1', chainId, verifyingContract: works },
    types: TURN_TYPES,
    primaryType: 'Turn',
    message: { channelId: bytes32.parse(turn.channelId), requestHash: bytes32.parse(turn.requestHash) },
  }) as const
