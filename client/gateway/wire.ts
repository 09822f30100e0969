/** An answer in OpenAI's two forms, as its clients read it from any server; what it cost and proved stands under `grimoire`. */
import { formatMoney } from '@grimoire/schema/amounts'
import { asProblem, type Problem, problemResponse, toProblemBody } from '@grimoire/schema/problem'
import type { TurnResult } from '../turn.ts'
import { randomBytes32 } from '../wallet.ts'
import type { Begun } from './answering.ts'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export type AnswerName = { id: string; created: number; model: string }

const nameOf = (model: string): AnswerName => ({
  id: `chatcmpl-${randomBytes32().slice(2, 26)}`,
  created: Math.floor(Date.now() / 1000),
  model,
})

/** What OpenAI's client should do with a refusal: it would repeat every 429 and 5xx, which for us may mean to pay again. */
export function refusalOf(error: unknown): Response {
  const problem = asProblem(error)
  return problemResponse(problem, {
    'x-should-retry': String(problem.retry),
    ...(problem.retry ? { 'retry-after': '1' } : {}),
  })
}

const costOf = ({ receipt, receiptSignature, chargedAtomic, timings, notice }: TurnResult) => ({
  operator: receipt.operator,
  chargedAtomic: String(chargedAtomic),
  timings,
  receipt,
  signature: receiptSignature,
  ...(notice ? { notice: toProblemBody(notice) } : {}),
})

/** OpenRouter's `cost`, in dollars, beside OpenAI's counts. */
const usageOf = ({ usage, receipt, chargedAtomic }: TurnResult) => ({
  ...(usage ?? {
    prompt_tokens: receipt.inputTokens,
    completion_tokens: receipt.outputTokens,
    total_tokens: receipt.inputTokens + receipt.outputTokens,
  }),
  cost: Number(formatMoney(chargedAtomic)),
})

/** Of an answer that only calls functions the content is null, as OpenAI's own. */
const messageOf = (content: string, { calls, notice }: TurnResult) => ({
  role: 'assistant',
  content: content === '' && calls.length > 0 ? null : content,
  refusal: notice?.message ?? null,
  ...(calls.length > 0 ? { tool_calls: calls } : {}),
})

export async function wholeAnswer({ model, texts, result }: Begun): Promise<Response> {
  let content = ''
  for await (const text of texts) content += text
  const done = await result
  return Response.json(
    {
      ...nameOf(model),
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: messageOf(content, done),
          finish_reason: done.finishReason ?? 'stop',
        },
      ],
      usage: usageOf(done),
      grimoire: costOf(done),
    },
    { headers: { 'cache-control': 'no-store' } },
  )
}

/** An error after the first byte has no status left: it is an event of its own, which OpenAI's client throws. */
const errorEvent = (error: unknown) => toProblemBody(asProblem(error) satisfies Problem)

export function streamedAnswer(
  { model, texts, result }: Begun,
  { includeUsage, gone }: { includeUsage: boolean; gone: AbortController },
): Response {
  const encoder = new TextEncoder()
  const name = { ...nameOf(model), object: 'chat.completion.chunk' as const }
  const chunk = (delta: Record<string, unknown>, finishReason: string | null = null) => ({
    ...name,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  })
  const body = new ReadableStream<Uint8Array>({
    start: async controller => {
      const send = (text: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(text))
      }
      const say = (value: unknown) => send(`data: ${JSON.stringify(value)}\n\n`)
      say(chunk({ role: 'assistant', content: '' }))
      try {
        for await (const text of texts) say(chunk({ content: text }))
        const done = await result
        const usage = usageOf(done)
        for (const [index, call] of done.calls.entries()) say(chunk({ tool_calls: [{ index, ...call }] }))
        const refusal = done.notice ? { refusal: done.notice.message } : {}
        say({ ...chunk(refusal, done.finishReason ?? 'stop'), usage, grimoire: costOf(done) })
        if (includeUsage) say({ ...name, choices: [], usage })
      } catch (error) {
        say(errorEvent(error))
      }
      if (gone.signal.aborted) return
      send('data: [DONE]\n\n')
      controller.close()
    },
    cancel: () => gone.abort(),
  })
  return new Response(body, { headers: HEADERS })
}
