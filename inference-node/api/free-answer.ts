/** An answer that nobody pays for, and that ends with its connection: there is nothing to charge and nothing to keep. */
import type { DraftTail } from '@grimoire/schema/draft'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import type { Finished } from './answer.ts'
import type { Piece } from './pieces.ts'
import { asEngineProblem } from './run-turn.ts'
import { type AnswerName, Chunks, STREAM_HEADERS, wholeBody } from './wire.ts'

type Run = (deliver: (piece: Piece) => void) => Promise<Finished<DraftTail>>

export function streamFree(
  run: Run,
  { name, includeUsage, gone }: { name: AnswerName; includeUsage: boolean; gone: AbortController },
): Response {
  const encoder = new TextEncoder()
  const chunks = new Chunks(name, { includeUsage })
  const body = new ReadableStream<Uint8Array>({
    start: async controller => {
      const say = (data: string) => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(`data: ${data}\n\n`))
      }
      say(chunks.opening())
      const last = await run(piece => say(chunks.piece(piece))).then(
        finished => chunks.finished(finished),
        error => chunks.failed(asEngineProblem(error)),
      )
      for (const data of last) say(data)
      if (!gone.signal.aborted) controller.close()
    },
    cancel: () => gone.abort(),
  })
  return new Response(body, { headers: STREAM_HEADERS })
}

export async function wholeFree(run: Run, name: AnswerName): Promise<Response> {
  const finished = await run(() => {}).catch(asEngineProblem)
  if (finished instanceof Problem) return problemResponse(finished)
  return Response.json(wholeBody(name, finished), { headers: { 'cache-control': 'no-store' } })
}
