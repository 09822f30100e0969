/** A streamed answer of OpenAI's API with our tail: text as it comes, then usage, receipt and payment in the last chunk. */
import { fromProblemBody, Problem } from '@grimoire/schema/problem'
import { type TurnTail, turnTail } from '@grimoire/schema/receipt'
import { z } from 'zod'
import { eventData } from './sse.ts'

export const usage = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
})
export type Usage = z.infer<typeof usage>

const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  usage: usage.nullish(),
  grimoire: z.unknown().optional(),
  error: z.unknown().optional(),
})

export type AnswerEvent =
  | { type: 'text'; text: string }
  | { type: 'tail'; tail: TurnTail; usage: Usage | null; finishReason: string | null }

function parseChunk(text: string): z.infer<typeof chunk> {
  try {
    return chunk.parse(JSON.parse(text))
  } catch (cause) {
    throw new Problem('node_unreachable', {
      got: text.slice(0, 120),
      expected: 'a chunk of OpenAI’s API',
      cause,
    })
  }
}

function requireTail(value: unknown): TurnTail {
  const parsed = turnTail.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem('receipt_invalid', {
    got:
      value === undefined
        ? 'no receipt at the end of the answer'
        : `${issue?.path.join('.')} ${issue?.message}`,
    expected: 'a signed receipt',
  })
}

/** Yields the text and, once, the tail. An error event in the stream is thrown as the Problem that the node sent. */
export async function* readAnswer(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
  let usageSeen: Usage | null = null
  let finishReason: string | null = null
  let tail: unknown
  for await (const data of eventData(body)) {
    if (data === '[DONE]') break
    const part = parseChunk(data)
    if (part.error !== undefined) {
      throw fromProblemBody(JSON.parse(data)) ?? new Problem('engine_failed', { got: part.error })
    }
    const [choice] = part.choices ?? []
    if (choice?.finish_reason) finishReason = choice.finish_reason
    if (part.usage) usageSeen = part.usage
    if (part.grimoire !== undefined) tail = part.grimoire
    if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content }
  }
  yield { type: 'tail', tail: requireTail(tail), usage: usageSeen, finishReason }
}
