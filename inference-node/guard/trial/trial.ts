/** Runs an answer past the guard as a node would, in small pieces, and counts how much of a secret came out. */
import type { HiddenText } from '../hidden.ts'
import { HolderMemory } from '../memory.ts'
import { GuardedAnswer } from '../watch.ts'

/** About a token of llama.cpp. */
const PIECE_CHARS = 4

export function answerUnderGuard(hidden: HiddenText | null, text: string, memory?: HolderMemory) {
  if (!hidden) return { caught: false, out: text }
  const guarded = new GuardedAnswer(hidden, memory ?? new HolderMemory())
  let out = ''
  const points = [...text]
  for (let at = 0; at < points.length && !guarded.caught; at += PIECE_CHARS) {
    out += guarded.push(points.slice(at, at + PIECE_CHARS).join(''))
  }
  return { out: out + guarded.end(), caught: guarded.caught }
}

export const PREAMBLE = 'Of course, here it is, exactly as you asked for it:\n\n'

export type Outcome = { caught: boolean; secretChars: number }

/** A model that obeys: a friendly line, then all of the payload. What came out is counted in the secret's characters. */
export function recital(hidden: HiddenText | null, secret: string, payload: string): Outcome {
  const { caught, out } = answerUnderGuard(hidden, `${PREAMBLE}${payload}\n\nI hope that this helps.`)
  const delivered = Math.max(0, Math.min(out.length - PREAMBLE.length, payload.length))
  return { caught, secretChars: Math.round((delivered / payload.length) * secret.length) }
}
