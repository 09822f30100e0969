/** An answer in OpenAI's two shapes: server-sent chunks, or one JSON object. Ours stands beside theirs under `grimoire`. */
import { randomBytes } from 'node:crypto'
import type { DraftTail } from '@grimoire/schema/draft'
import { type Problem, toProblemBody } from '@grimoire/schema/problem'
import type { TurnTail } from '@grimoire/schema/receipt'
import type { TurnOpening } from '@grimoire/schema/turn-access'
import { decodePaymentResponseHeader, encodePaymentResponseHeader } from '@x402/core/http'
import type { Finished } from './answer.ts'
import type { Piece } from './pieces.ts'

type AnyFinished = Finished<TurnTail | DraftTail>
export type AnswerName = { id: string; created: number; model: string }

export const newTurnId = () => `turn-${randomBytes(16).toString('hex')}`

export const nameAnswer = (model: string): AnswerName => ({
  id: `chatcmpl-${randomBytes(12).toString('hex')}`,
  created: Math.floor(Date.now() / 1000),
  model,
})

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // Some proxies would collect the whole answer first.
}

/**
 * The events of a stream. The last chunk with a choice carries `finish_reason`, `usage` and the signed tail, so that a
 * client that looks at `choices[0]` of every chunk keeps working; unnamed events only, as OpenAI's clients expect.
 */
export class Chunks {
  readonly #name: AnswerName
  readonly #includeUsage: boolean
  #calls = 0

  constructor(name: AnswerName, { includeUsage }: { includeUsage: boolean }) {
    this.#name = name
    this.#includeUsage = includeUsage
  }

  #chunk(
    delta: Record<string, unknown>,
    rest: Record<string, unknown> = {},
    finishReason: string | null = null,
  ) {
    const choices = [{ index: 0, delta, finish_reason: finishReason }]
    return JSON.stringify({ ...this.#name, object: 'chat.completion.chunk', choices, ...rest })
  }

  opening = (opening?: TurnOpening): string =>
    this.#chunk({ role: 'assistant', content: '' }, opening ? { grimoire: opening } : {})

  piece({ text, call }: Piece): string {
    return this.#chunk(call ? { tool_calls: [{ index: this.#calls++, ...call }] } : { content: text })
  }

  finished({ finishReason, usage, tail, notice }: AnyFinished): string[] {
    const refusal = notice ? { refusal: notice.message } : {}
    const rest = { usage, ...timed(tail), grimoire: { ...tail, ...noticed(notice) } }
    const about = { ...this.#name, object: 'chat.completion.chunk', choices: [], usage }
    return [
      this.#chunk(refusal, rest, finishReason),
      ...(this.#includeUsage ? [JSON.stringify(about)] : []),
      '[DONE]',
    ]
  }

  failed = (problem: Problem): string[] => [JSON.stringify(toProblemBody(problem)), '[DONE]']
}

/** Why an answer was cut: beside the receipt, for it is paid as far as it was delivered. */
const noticed = (notice: Problem | undefined) => (notice ? { notice: toProblemBody(notice) } : {})

/** Where llama-server's own clients look for them. */
const timed = (tail: TurnTail | DraftTail) => ('timings' in tail ? { timings: tail.timings } : {})

/** One JSON object for an answer that is at its end. */
export function wholeBody(name: AnswerName, finished: AnyFinished, turnId?: string) {
  const { text, calls, finishReason, usage, tail, notice } = finished
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: notice?.message ?? null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  return {
    ...name,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finishReason }],
    usage,
    ...timed(tail),
    grimoire: { ...(turnId === undefined ? {} : { turnId }), ...tail, ...noticed(notice) },
  }
}

/** One header for a turn that also made a deposit: x402's client then knows both its balance and the charge. */
export function mergedPayment(
  deposit: Record<string, string>,
  charge: Record<string, string>,
): Record<string, string> {
  const [first, last] = [deposit['PAYMENT-RESPONSE'], charge['PAYMENT-RESPONSE']]
  if (!first || !last) return charge
  const made = decodePaymentResponseHeader(first)
  const { extra } = decodePaymentResponseHeader(last)
  return { 'PAYMENT-RESPONSE': encodePaymentResponseHeader({ ...made, extra: { ...made.extra, ...extra } }) }
}
