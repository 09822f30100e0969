/** What an answer is made of on its way out: text, and calls that are whole; and how its tokens are counted for the caller. */
import { randomBytes } from 'node:crypto'
import { formatMoney } from '@grimoire/schema/amounts'
import type { ToolCall } from '@grimoire/schema/tools'
import type { ChatEnd, SpokenCall } from '../engine/protocol.ts'

export type Piece = { text: string; call?: never } | { text?: never; call: ToolCall }

/** A call under an id of ours: an engine's own would not be unique among engines. */
export const callOf = ({ name, arguments: given }: SpokenCall): ToolCall => ({
  id: `call_${randomBytes(12).toString('hex')}`,
  type: 'function',
  function: { name, arguments: given },
})

export type Usage = {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  completion_tokens_details?: { reasoning_tokens: number }
  /** OpenRouter's field: in the money's whole unit. */
  cost: number
}

/** Thoughts are tokens in OpenAI's count; they are neither delivered nor charged, for charges go by bytes. */
export const usageOf = (
  { inputTokens, outputTokens, thoughtTokens = 0 }: ChatEnd,
  chargedAtomic = '0',
): Usage => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
  ...(thoughtTokens > 0 ? { completion_tokens_details: { reasoning_tokens: thoughtTokens } } : {}),
  cost: Number(formatMoney(BigInt(chargedAtomic))),
})
