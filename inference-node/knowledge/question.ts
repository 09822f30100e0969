/** What a turn asks about: its last message, and a little of the one before, whose subject a short question leaves out. */
import type { ChatRequest } from '@grimoire/schema/chat'
import { utterancesOf } from '@grimoire/schema/utterance'
import { isStem, termsOf } from './terms.ts'

const BEFORE_WEIGHT = 0.4
const STEM_WEIGHT = 0.5
/** Of a long message its two ends: what is asked about a text that was pasted stands before it or behind. */
const END_CHARACTERS = 2_000
const MAX_TERMS = 512

/** Terms with their weights. */
export type Question = ReadonlyMap<string, number>

const endsOf = (text: string): string =>
  text.length <= 2 * END_CHARACTERS
    ? text
    : `${text.slice(0, END_CHARACTERS)}\n${text.slice(-END_CHARACTERS)}`

/** A prompt is asked by its variables, and so by their values. */
const valuesOf = ({ grimoire }: ChatRequest): string[] =>
  Object.values(grimoire?.input ?? {})
    .filter(value => value !== null && value !== undefined)
    .map(value => (typeof value === 'string' ? value : JSON.stringify(value)))

export function questionOf(request: ChatRequest): Question {
  const said = utterancesOf(request.messages)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content)
  const terms = new Map<string, number>()
  const ask = (text: string, weight: number) => {
    for (const term of termsOf(endsOf(text))) {
      if (terms.size >= MAX_TERMS) return
      const own = isStem(term) ? weight * STEM_WEIGHT : weight
      terms.set(term, Math.max(own, terms.get(term) ?? 0))
    }
  }
  ask([said.at(-1) ?? '', ...valuesOf(request)].join('\n'), 1)
  ask(said.at(-2) ?? '', BEFORE_WEIGHT)
  return terms
}
