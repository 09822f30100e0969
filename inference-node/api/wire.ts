/** An answer in OpenAI's two shapes: server-sent chunks, or one JSON object. Ours stands beside theirs under `grimoire`. */
import { randomBytes } from 'node:crypto'
import { Problem, problemResponse, toProblemBody } from '@grimoire/schema/problem'
import { decodePaymentResponseHeader, encodePaymentResponseHeader } from '@x402/core/http'
import type { Finished } from './answer.ts'

export type AnswerName = { id: string; created: number; model: string }

export const nameAnswer = (model: string): AnswerName => ({
  id: `chatcmpl-${randomBytes(12).toString('hex')}`,
  created: Math.floor(Date.now() / 1000),
  model,
})

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no', // Some proxies would collect the whole answer first.
}

const asEngineProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('engine_failed', { cause: error })

type Run = (deliver: (text: string) => void) => Promise<Finished>
type StreamOptions = {
  name: AnswerName
  headers: Record<string, string>
  includeUsage: boolean
  gone: AbortController
}

/**
 * Streams an answer. The last chunk with a choice carries `finish_reason`, `usage` and the signed tail, so that a
 * client that looks at `choices[0]` of every chunk keeps working; unnamed events only, as OpenAI's clients expect.
 */
export function streamAnswer(run: Run, { name, headers, includeUsage, gone }: StreamOptions): Response {
  const encoder = new TextEncoder()
  const chunk = (
    delta: Record<string, unknown>,
    finishReason: string | null,
    rest: Record<string, unknown> = {},
  ) => ({
    ...name,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...rest,
  })
  const body = new ReadableStream<Uint8Array>({
    start: async controller => {
      const say = (value: unknown) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(`data: ${JSON.stringify(value)}\n\n`))
      }
      say(chunk({ role: 'assistant', content: '' }, null))
      try {
        const { finishReason, usage, tail, notice } = await run(text => say(chunk({ content: text }, null)))
        const refusal = notice ? { refusal: notice.message } : {}
        say(chunk(refusal, finishReason, { usage, grimoire: { ...tail, ...noticed(notice) } }))
        if (includeUsage) say({ ...name, object: 'chat.completion.chunk', choices: [], usage })
      } catch (error) {
        say(toProblemBody(asEngineProblem(error)))
      }
      if (gone.signal.aborted) return
      controller.enqueue(encoder.encode('data: [DONE]\n\n'))
      controller.close()
    },
    cancel: () => gone.abort(),
  })
  return new Response(body, { headers: { ...HEADERS, ...headers } })
}

/** Why an answer was cut: beside the receipt, for it is paid as far as it was delivered. */
const noticed = (notice: Problem | undefined) => (notice ? { notice: toProblemBody(notice) } : {})

/** A failed turn is free, but a deposit that was made for it stands: its header goes with either answer. */
export async function wholeAnswer(
  run: Run,
  name: AnswerName,
  deposit: Record<string, string>,
): Promise<Response> {
  const finished = await run(() => {}).catch(asEngineProblem)
  if (finished instanceof Problem) return problemResponse(finished, deposit)
  const { text, finishReason, usage, tail, headers, notice } = finished
  const message = { role: 'assistant', content: text, refusal: notice?.message ?? null }
  const body = {
    ...name,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finishReason }],
    usage,
    grimoire: { ...tail, ...noticed(notice) },
  }
  return Response.json(body, { headers: { 'cache-control': 'no-store', ...mergedPayment(deposit, headers) } })
}

/** One header for a turn that also made a deposit: x402's client then knows both its balance and the charge. */
function mergedPayment(
  deposit: Record<string, string>,
  charge: Record<string, string>,
): Record<string, string> {
  const [first, last] = [deposit['PAYMENT-RESPONSE'], charge['PAYMENT-RESPONSE']]
  if (!first || !last) return charge
  const made = decodePaymentResponseHeader(first)
  const { extra } = decodePaymentResponseHeader(last)
  return { 'PAYMENT-RESPONSE': encodePaymentResponseHeader({ ...made, extra: { ...made.extra, ...extra } }) }
}
