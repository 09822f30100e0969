/** A turn's answer over as many connections as it takes: a dropped one is taken up again where it broke off. */
import { isProblem } from '@grimoire/schema/problem'
import type { TurnContext } from './pay-turn.ts'
import { type AnswerEvent, BrokenOff, readAnswer } from './read-answer.ts'
import { pause } from './transport.ts'
import { resumeTurn } from './turn-again.ts'

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2_000
/** Until the node has said how long it waits. */
const FIRST_WAIT_MS = 5_000

/** Only what the network did is tried again: a refusal stands, and so does a reader's wish to stop. */
const isBroken = (error: unknown) =>
  error instanceof BrokenOff || error instanceof TypeError || isProblem(error, 'node_unreachable')

export type FollowFrom = {
  turnId: string | null
  lastEventId: string
  signal: AbortSignal
  /** Told when the line is lost, and when the answer comes again. */
  onLine?: (isLost: boolean) => void
}

/**
 * The node's events, each once; without a body those after the last one that is named. Throws `BrokenOff` when the turn
 * could not be reached again in the time it waits.
 */
export async function* followTurn(
  { market, channel, checked }: TurnContext,
  body: ReadableStream<Uint8Array> | null,
  from: FollowFrom,
): AsyncGenerator<AnswerEvent> {
  const { signal } = from
  const again = (turnId: string, lastEventId: string) =>
    resumeTurn(
      market,
      { nodeUrl: checked.nodeUrl, turnId, session: channel.session },
      { lastEventId, signal },
    )
  let [turnId, waitsMs, lastEventId] = [from.turnId, FIRST_WAIT_MS, from.lastEventId]
  let events = body === null ? again(turnId ?? '', lastEventId) : readAnswer(body)
  let [brokenAtMs, pauseMs] = [0, FIRST_PAUSE_MS]
  for (;;) {
    try {
      for await (const event of events) {
        if (brokenAtMs > 0) from.onLine?.(false)
        brokenAtMs = 0
        if (event.type === 'opening') {
          turnId = event.opening.turnId
          waitsMs = event.opening.resumeSeconds * 1000
        }
        if (event.type === 'text') lastEventId = event.id ?? lastEventId
        yield event
      }
      return
    } catch (error) {
      signal.throwIfAborted()
      if (!isBroken(error)) throw error
      if (brokenAtMs === 0) [brokenAtMs, pauseMs] = [performance.now(), FIRST_PAUSE_MS]
      if (!turnId || performance.now() - brokenAtMs > waitsMs) throw new BrokenOff(error)
      from.onLine?.(true)
    }
    await pause(pauseMs)
    pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)
    signal.throwIfAborted()
    events = again(turnId, lastEventId)
  }
}
