/** The engine's answer under guard, handed on piece by piece as it is cleared: the same for whoever pays and for drafts. */
import { Problem } from '@grimoire/schema/problem'
import type { ChatAsk, EnginePort } from '../engine/port.ts'
import type { ChatEnd, SpokenCall } from '../engine/protocol.ts'
import { type Cleared, GuardedTurn } from '../guard/guarded-turn.ts'
import type { HiddenText } from '../guard/hidden.ts'
import type { HolderMemory } from '../guard/memory.ts'
import { callOf, type Piece } from './pieces.ts'

export type Speech = {
  ask: Pick<ChatAsk, 'work' | 'holder' | 'messages' | 'sampling' | 'onProgress'>
  hidden: HiddenText | null
  /** Excerpts that the answer may quote a page of. */
  quotable: string
  memory: HolderMemory
  /** Each ends the answer; after that nothing more is handed on. */
  until: readonly AbortSignal[]
  /** Takes the next piece. False: it was one too many, and the answer ends before it. */
  say(piece: Piece): boolean
}

/** How the answer ended, and whether it was for reciting its hidden text, or for quoting its files at too great a length. */
export type Spoken = { end: ChatEnd; caught: boolean; quotedTooMuch: boolean }

export async function speak(
  engine: EnginePort,
  { ask, hidden, quotable, memory, until, say }: Speech,
): Promise<Spoken> {
  const enough = new AbortController()
  const signal = AbortSignal.any([...until, enough.signal])
  const guarded = new GuardedTurn<SpokenCall>(hidden, memory, {
    json: ask.sampling.form !== undefined,
    quotable,
  })
  const send = (piece: Piece) => {
    if (!signal.aborted && !say(piece)) enough.abort()
  }
  const sendAll = ({ text = '', calls = [] }: Partial<Cleared<SpokenCall>>) => {
    if (text !== '') send({ text })
    for (const call of calls) send({ call: callOf(call) })
    if (guarded.caught || guarded.quotedTooMuch) enough.abort()
  }
  const end = await engine.chat({
    ...ask,
    signal,
    onText: text => sendAll({ text: guarded.say(text) }),
    onCall: call => sendAll({ calls: guarded.call(call) }),
  })
  sendAll(guarded.end())
  return { end, caught: guarded.caught, quotedTooMuch: guarded.quotedTooMuch }
}

export type Ending = {
  finishReason: ChatEnd['reason'] | 'content_filter'
  /** Why the answer ends before its model did. */
  notice?: Problem
}

/** OpenAI's word for an answer that was stopped by a filter, with our sentence beside it; for one that was cut; or the model's. */
export function endingOf({ caught, quotedTooMuch, end }: Spoken, isCut: boolean): Ending {
  if (caught) return { finishReason: 'content_filter', notice: new Problem('recital_stopped') }
  if (quotedTooMuch) return { finishReason: 'content_filter', notice: new Problem('quoting_stopped') }
  return { finishReason: isCut ? 'length' : end.reason }
}
