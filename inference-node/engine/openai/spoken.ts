/** A turn in the words of OpenAI's API: what is asked of the server, and what each chunk of its stream says. */
import type { Utterance } from '@grimoire/schema/utterance'
import { z } from 'zod'
import type { ChatEnd, Offered, OfferedTool, Sampling, SpokenCall } from '../protocol.ts'
import type { ServedAdapter } from './settings.ts'

const messageOf = ({ role, content, calls = [], callId }: Utterance) => ({
  role,
  content,
  ...(calls.length > 0 ? { tool_calls: calls.map(({ id, ...call }) => ({ id, ...functionOf(call) })) } : {}),
  ...(callId === undefined ? {} : { tool_call_id: callId }),
})

const functionOf = <T>(described: T) => ({ type: 'function' as const, function: described })

const toolOf = ({ name, description, parameters, strict }: OfferedTool) =>
  functionOf({ name, description, parameters, strict })

function toolsOf({ tools, choice, parallel }: Offered) {
  return {
    tools: tools.map(toolOf),
    tool_choice: typeof choice === 'string' ? choice : functionOf({ name: choice.name }),
    ...(parallel ? {} : { parallel_tool_calls: false }),
  }
}

function formatOf({ form }: Sampling) {
  if (!form) return undefined
  const { schema, strict = true } = form
  if (!schema) return { type: 'json_object' }
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict } }
}

/** The conversation alone, as a server's own tokenizer endpoint takes it. */
export const conversationOf = (messages: readonly Utterance[], sampling?: Sampling) => ({
  messages: messages.map(messageOf),
  ...(sampling?.offered ? { tools: sampling.offered.tools.map(toolOf) } : {}),
})

export function requestOf(
  messages: readonly Utterance[],
  sampling: Sampling,
  {
    model,
    adapter,
    adapters,
  }: { model: string; adapter: ServedAdapter | null; adapters: readonly ServedAdapter[] },
) {
  const { temperature, topP, seed, stop, maxTokens, frequencyPenalty, presencePenalty, offered } = sampling
  return {
    model: typeof adapter === 'string' ? adapter : model,
    messages: messages.map(messageOf),
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    top_p: topP,
    seed,
    ...(stop.length > 0 ? { stop } : {}),
    max_tokens: maxTokens,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    response_format: formatOf(sampling),
    ...(offered ? toolsOf(offered) : {}),
    ...lorasOf(adapter, adapters),
  }
}

/** Without a list llama-server applies all that it has loaded, and with one only what it says: so each is named, with 1 or 0. */
function lorasOf(adapter: ServedAdapter | null, adapters: readonly ServedAdapter[]) {
  const numbers = adapters.flatMap(one => (typeof one === 'object' ? [one.lora] : []))
  const chosen = typeof adapter === 'object' ? adapter?.lora : undefined
  return numbers.length > 0 ? { lora: numbers.map(id => ({ id, scale: id === chosen ? 1 : 0 })) } : {}
}

const part = z.object({
  index: z.number().int().min(0).max(255).default(0),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
})
const delta = z.object({
  content: z.string().nullish(),
  tool_calls: z.array(part).nullish(),
})
const count = z.number().int().min(0)
const chunk = z.object({
  choices: z.array(z.object({ delta: delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      completion_tokens_details: z.object({ reasoning_tokens: count.nullish() }).nullish(),
    })
    .nullish(),
  error: z.unknown().optional(),
})

const REASONS: Record<string, ChatEnd['reason']> = { length: 'length', tool_calls: 'tool_calls' }

/** What one stream has said so far. Thoughts (`reasoning_content`) are passed over: they are not delivered. */
export class Hearing {
  readonly #on: { text(text: string): void; call(call: SpokenCall): void }
  readonly #calls: SpokenCall[] = []
  #counted: { inputTokens: number; outputTokens: number; thoughtTokens: number } | null = null
  #chunks = 0
  reason: ChatEnd['reason'] | null = null

  constructor(on: { text(text: string): void; call(call: SpokenCall): void }) {
    this.#on = on
  }

  /** Throws what is not a chunk, or says that the server failed. */
  take(data: string): void {
    const { choices, usage, error } = chunk.parse(JSON.parse(data))
    if (error !== undefined && error !== null) throw new Error('the server said that it failed')
    const [choice] = choices ?? []
    if (choice?.delta?.content) this.#on.text(choice.delta.content)
    if (choice?.delta) this.#chunks++
    for (const { index, function: said } of choice?.delta?.tool_calls ?? []) {
      this.#calls[index] ??= { name: '', arguments: '' }
      const call = this.#calls[index]
      call.name += said?.name ?? ''
      call.arguments += said?.arguments ?? ''
    }
    if (choice?.finish_reason) this.reason = REASONS[choice.finish_reason] ?? 'stop'
    if (usage) {
      const { prompt_tokens, completion_tokens, completion_tokens_details: details } = usage
      this.#counted = {
        ...{ inputTokens: prompt_tokens, outputTokens: completion_tokens },
        thoughtTokens: details?.reasoning_tokens ?? 0,
      }
    }
  }

  /** A call that was cut is none: half of its arguments could do something else than all of them. */
  end(): void {
    if (this.reason === 'length') return
    for (const call of this.#calls)
      if (call?.name) this.#on.call({ ...call, arguments: call.arguments || '{}' })
    if (this.#calls.length > 0) this.reason = 'tool_calls'
  }

  /** By the server's count; of a stream that ended early a chunk is taken for a token. */
  counted(): { inputTokens: number | null; outputTokens: number; thoughtTokens: number } {
    return this.#counted ?? { inputTokens: null, outputTokens: this.#chunks, thoughtTokens: 0 }
  }
}
