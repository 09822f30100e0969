/** A turn that is paid for, from the queue to its receipt: it runs by itself, whoever is connected. */
import { asProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { TURN_HEADER } from '@grimoire/schema/turn-access'
import { versionKey } from '../admission/grants.ts'
import { reasonOf } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import { type AnswerJob, runAnswer } from './answer.ts'
import type { Piece } from './pieces.ts'
import type { KeptTurn } from './turns.ts'
import { type AnswerName, Chunks, mergedPayment, nameAnswer, STREAM_HEADERS, wholeBody } from './wire.ts'

export type Running = {
  name: AnswerName
  /** What the first answer to the payment carries: a deposit that was made for it. */
  headers: Record<string, string>
  /** Settles when the turn has its place, has to wait for one, or is refused: with the refusal. */
  begun: Promise<Problem | null>
}

export const asEngineProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem('engine_failed', { cause: error })

/** Starts the turn. `done` is called when it needs its grant no more. */
export function startTurn(parts: NodeParts, job: Omit<AnswerJob, 'say'>, done: () => void): Running {
  const { kept, turn, paid, over } = job
  const { request, model } = turn
  const name = nameAnswer(model)
  const chunks = new Chunks(name, { includeUsage: request.stream_options?.include_usage ?? false })
  let begin = (_refusal: Problem | null) => {}
  const begun = new Promise<Problem | null>(resolve => {
    begin = resolve
  })
  over.addEventListener('abort', () => kept.live.over())
  const { token } = kept
  kept.live.say(
    chunks.opening({
      turnId: kept.id,
      resumeSeconds: parts.turns.options.graceMs / 1000,
      ...(token === undefined ? {} : { turnToken: token }),
    }),
  )
  const say = (piece: Piece) => kept.live.say(chunks.piece(piece), piece)
  let open = false
  const opened = () => {
    open = true
    begin(null)
  }
  const run = async () => {
    try {
      const exit = await admitted(parts, job, opened)
      opened()
      const finished = await runAnswer(parts, { ...job, say }, exit)
      parts.turns.end(kept, finished, chunks.finished(finished))
    } catch (error) {
      // A failed turn is free. One whose work was closed under it says why.
      const problem = await parts.grants
        .whyNot(job.grant, over)
        .then(refusal => refusal ?? asEngineProblem(error))
      await paid.settle(0n).catch(() => undefined)
      parts.works.noteRefused(turn, problem)
      noteFailure(parts, turn, { problem, unseen: open && !kept.whole })
      begin(problem)
      parts.turns.end(kept, problem, chunks.failed(problem))
    } finally {
      done()
    }
  }
  void run()
  return { name, headers: paid.headers, begun }
}

/** A stream that had begun has its status already: whoever counts refusals by their answers does not see this one. */
function noteFailure(
  { log, metrics, refusals }: NodeParts,
  { workId, version }: AnswerJob['turn'],
  { problem, unseen }: { problem: Problem; unseen: boolean },
): void {
  const { code, details } = problem
  const reason = details.cause === undefined ? {} : { reason: reasonOf(details.cause) }
  log({ event: 'turn_failed', workId, version, code, ...reason })
  if (!unseen) return
  metrics.refused(code)
  refusals.note(workId, code)
}

/** Waits for a place, telling whoever waits how many are before them; the work may be sold meanwhile. */
async function admitted(
  { engine, grants }: NodeParts,
  { kept, grant, turn, over }: Omit<AnswerJob, 'say'>,
  onWaiting: () => void,
): Promise<() => void> {
  const { live } = kept
  const signal = AbortSignal.any([live.halted, over])
  const onPosition = (position: number) => {
    live.note(`queue ${position}`)
    onWaiting()
  }
  const ask = { holder: grant.holder, work: versionKey(turn), signal, onPosition }
  try {
    const exit = await engine.turnstile.enter(ask)
    if (!over.aborted) return exit
    exit()
  } catch (error) {
    if (!over.aborted) throw error
  }
  throw (await grants.whyNot(grant, over)) ?? new Problem('grant_missing', { got: grant.id })
}

/** The answer to the request that paid for the turn. */
export async function answerTo(running: Running, kept: KeptTurn, request: Request): Promise<Response> {
  const { begun, headers } = running
  if (!kept.whole) {
    const body = kept.live.listen()
    const refusal = await begun
    if (refusal) {
      await body.cancel()
      return refused(refusal, headers)
    }
    return new Response(body, { headers: { ...STREAM_HEADERS, ...headers, [TURN_HEADER]: kept.id } })
  }
  await kept.live.take(request.signal)
  return wholeAnswer(kept, running)
}

/** A failed turn is free, but a deposit that was made for it stands: its header goes with either answer. */
export function wholeAnswer(
  { id, outcome }: KeptTurn,
  { name, headers }: Pick<Running, 'name' | 'headers'>,
): Response {
  if (!outcome) return problemResponse(new Problem('turn_unknown', { got: id }), headers)
  if (outcome instanceof Problem) return refused(outcome, headers)
  const merged = mergedPayment(headers, outcome.headers)
  const about = { 'cache-control': 'no-store', [TURN_HEADER]: id, ...merged }
  return Response.json(wholeBody(name, outcome, id), { headers: about })
}

const refused = (problem: Problem, headers: Record<string, string>): Response =>
  problemResponse(problem, { ...headers, ...(asProblem(problem).retry ? { 'retry-after': '1' } : {}) })
