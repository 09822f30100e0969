/** A turn of conversation: the OpenAI request that is taken, its hash, its bytes, and the holder's signature over it. */
import { concat, keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { bytes32, type Hex } from './hex.ts'
import { utf8Bytes } from './price.ts'
import {
  callTexts,
  offeredTexts,
  responseFormat,
  type ToolCall,
  tool,
  toolCall,
  toolChoice,
} from './tools.ts'

export const MAX_OUTPUT_TOKENS = 32_768

const textPart = z.object({ type: z.literal('text'), text: z.string() })

const content = z.union([z.string(), z.array(textPart).min(1)], 'expected text, or a list of text parts')
const name = z.string().max(64).optional()
export const chatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content, name }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    name,
    tool_calls: z.array(toolCall).max(128).nullish(),
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string().min(1).max(128) }),
])
export type ChatMessage = z.infer<typeof chatMessage>

/** A result says which call it is of; one that belongs to none was meant for another conversation. */
function answersItsCalls(messages: readonly ChatMessage[], context: z.RefinementCtx): void {
  const asked = new Set<string>()
  for (const [at, message] of messages.entries()) {
    if (message.role === 'assistant') for (const { id } of message.tool_calls ?? []) asked.add(id)
    if (message.role !== 'tool' || asked.has(message.tool_call_id)) continue
    const path = [at, 'tool_call_id']
    context.addIssue({
      code: 'custom',
      path,
      message: 'expected the id of a call that an assistant made before',
    })
  }
}

/** Unknown fields are ignored, as OpenAI's clients expect; fields that would change the answer are listed or refused. */
export const chatRequest = z.object({
  model: z.string().min(1).max(256),
  messages: z.array(chatMessage).min(1).max(512).superRefine(answersItsCalls),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  max_tokens: z.number().int().min(1).max(MAX_OUTPUT_TOKENS).nullish(),
  max_completion_tokens: z.number().int().min(1).max(MAX_OUTPUT_TOKENS).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  response_format: responseFormat.nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  /** Ours: the variables of a prompt work. */
  grimoire: z.object({ input: z.record(z.string(), z.unknown()).optional() }).nullish(),
})
export type ChatRequest = z.infer<typeof chatRequest>

/** Fields of OpenAI's API that would change the answer and that we do not do: refused by name, never ignored. */
export const UNSUPPORTED_FIELDS = [
  'functions',
  'function_call',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'audio',
  'modalities',
] as const

export function textOf({ content }: ChatMessage): string {
  if (content === null || content === undefined) return ''
  return typeof content === 'string' ? content : content.map(part => part.text).join('')
}

export const callsOf = (message: ChatMessage): readonly ToolCall[] =>
  message.role === 'assistant' ? (message.tool_calls ?? []) : []

const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + utf8Bytes(text), 0)

/**
 * What is charged as sent: the UTF-8 bytes of every message's text, of the names and arguments of the calls among them,
 * and, as canonical JSON, of the tools, of a schema to answer in, and of the variables.
 */
export function inputBytesOf(
  request: Pick<ChatRequest, 'messages' | 'grimoire' | 'tools' | 'response_format'>,
): number {
  const said = request.messages.flatMap(message => [textOf(message), ...callsOf(message).flatMap(callTexts)])
  const input = request.grimoire?.input ? [canonicalJson(request.grimoire.input)] : []
  return bytesOf([...said, ...offeredTexts(request), ...input])
}

export const DEFAULT_MAX_TOKENS = 256
/** The bound on delivered bytes per token asked for; generation stops when it is reached, so a voucher always covers it. */
export const MAX_BYTES_PER_TOKEN = 16

export const maxTokensOf = (request: ChatRequest): number =>
  request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_MAX_TOKENS

export const maxOutputBytesOf = (request: ChatRequest): number => maxTokensOf(request) * MAX_BYTES_PER_TOKEN

/** The name of one request: keccak256 of its canonical JSON as it was sent, unknown fields included. */
export const requestHash = (request: unknown): Hex => keccak256(toBytes(canonicalJson(request)))

/** What is charged as delivered: the UTF-8 bytes of the text, and of each call's name and arguments. */
export const outputBytesOf = (text: string, calls: readonly ToolCall[] = []): number =>
  bytesOf([text, ...calls.flatMap(callTexts)])

/**
 * The name of what was delivered: of a text alone its keccak256; with calls, keccak256 over the hashes of the text and
 * of each call's name and arguments, in order, so that no two answers share one.
 */
export function outputHash(text: string, calls: readonly ToolCall[] = []): Hex {
  const of = (each: string) => keccak256(toBytes(each))
  return calls.length === 0 ? of(text) : keccak256(concat([text, ...calls.flatMap(callTexts)].map(of)))
}

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
