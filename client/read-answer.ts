/** A streamed answer of OpenAI's API with our tail: text as it comes, then usage, receipt and payment in the last chunk. */
import { fromProblemBody, Problem } from '@grimoire/schema/problem'
import { type TurnTail, turnTail } from '@grimoire/schema/receipt'
import { type ToolCall, toolCall } from '@grimoire/schema/tools'
import { type TurnOpening, turnOpening } from '@grimoire/schema/turn-access'
import { z } from 'zod'
import { serverEvents } from './sse.ts'

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
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z.array(toolCall).nullish(),
          })
          .optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  usage: usage.nullish(),
  grimoire: z.unknown().optional(),
  error: z.unknown().optional(),
})

/** Where a turn stands before its first token: in the queue (1 is next), or reading the conversation. */
export type Waiting = { queue: number } | { promptTokens: number; ofTokens: number }

type Ending = {
  usage: Usage | null
  finishReason: string | null
  /** Why the node cut the answer before its end, when it did: what was delivered is paid all the same. */
  notice: Problem | null
}
type OnTheWay =
  | { type: 'opening'; opening: TurnOpening }
  | { type: 'waiting'; waiting: Waiting }
  | { type: 'text'; text: string; id?: string }
  /** A node sends each call whole. */
  | { type: 'call'; call: ToolCall }
export type AnswerEvent = OnTheWay | ({ type: 'tail'; tail: TurnTail } & Ending)

/** The stream ended before the answer did: the turn may still go on without it. */
export class BrokenOff extends Problem {
  constructor(cause?: unknown) {
    super('node_unreachable', {
      got: 'an answer that broke off',
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

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

export function requireTail(value: unknown): TurnTail {
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

const noticed = z.object({ notice: z.unknown() })

/** Of the end of an answer; a server that knows OpenAI's field only says it in words. */
export function noticeOf(tail: unknown, refusal: string | null = null): Problem | null {
  const known = fromProblemBody(noticed.safeParse(tail).data?.notice)
  return known ?? (refusal === null ? null : new Problem('recital_stopped', { detail: refusal }))
}

function waitingOf(comment: string): Waiting | null {
  const [, queue] = /^queue (\d{1,6})$/.exec(comment) ?? []
  if (queue) return { queue: Number(queue) }
  const [, done, of] = /^prompt (\d{1,9})\/(\d{1,9})$/.exec(comment) ?? []
  return done && of ? { promptTokens: Number(done), ofTokens: Number(of) } : null
}

/** Yields how the turn is named, how long it waits, the text and, once, the tail. */
export async function* readAnswer(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
  for await (const event of readChunks(body)) {
    yield event.type === 'end' ? { ...event, type: 'tail', tail: requireTail(event.tail) } : event
  }
}

/**
 * The same, whatever stands under `grimoire` in the end. An error event in the stream is thrown as the Problem that the
 * node sent; a stream that ends before its `[DONE]` as `BrokenOff`.
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<OnTheWay | ({ type: 'end'; tail: unknown } & Ending)> {
  let usageSeen: Usage | null = null
  let finishReason: string | null = null
  let refusal: string | null = null
  let tail: unknown
  let ended = false
  for await (const event of serverEvents(body)) {
    if ('comment' in event) {
      const waiting = waitingOf(event.comment)
      if (waiting) yield { type: 'waiting', waiting }
      continue
    }
    const { data, id } = event
    ended = data === '[DONE]'
    if (ended) break
    const part = parseChunk(data)
    if (part.error !== undefined) {
      throw fromProblemBody(JSON.parse(data)) ?? new Problem('engine_failed', { got: part.error })
    }
    const [choice] = part.choices ?? []
    if (choice?.finish_reason) finishReason = choice.finish_reason
    refusal = choice?.delta?.refusal ?? refusal
    if (part.usage) usageSeen = part.usage
    const opening = turnOpening.safeParse(part.grimoire)
    if (opening.success) yield { type: 'opening', opening: opening.data }
    else if (part.grimoire !== undefined) tail = part.grimoire
    for (const call of choice?.delta?.tool_calls ?? []) yield { type: 'call', call }
    const text = choice?.delta?.content ?? ''
    // Text that is empty says all the same how far the stream was read.
    yield { type: 'text', text, ...(id === undefined ? {} : { id }) }
  }
  if (!ended && tail === undefined) throw new BrokenOff()
  yield { type: 'end', tail, usage: usageSeen, finishReason, notice: noticeOf(tail, refusal) }
}
