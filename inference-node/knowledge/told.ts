/** How excerpts are told to the model: delimited, each with its file's name, behind what every conversation of the work begins with. */
import type { Utterance } from '@grimoire/schema/utterance'
import { MIN_ANSWER_TOKENS } from '../engine/limits.ts'
import type { EnginePort } from '../engine/port.ts'
import type { Sampling } from '../engine/protocol.ts'
import { type Excerpt, type Knowledge, sizeOf } from './knowledge.ts'
import type { Question } from './question.ts'

/** Excerpts get this part of the window, and no more of a large one than a reader waits for. */
const SHARE_OF_CONTEXT = 1 / 4
const MOST_TOKENS = 2_048
/** They leave the answer as much as it asks for, up to this part of the window. */
const ANSWER_SHARE = 1 / 8
/** As many characters as are tried for a token at first; what they come to is then counted. */
const CHARACTERS_A_TOKEN = 4
const TRIES = 4

/** Before the question, so that what was said stands where it stood; behind a prompt, whose text is the question. */
export type ExcerptsGo = 'before the question' | 'last'

export type Told = {
  messages: Utterance[]
  /** The excerpts' text alone: what the answer may quote a page of. */
  quotable: string
}

const attribute = (name: string, value: string): string =>
  value === '' ? '' : ` ${name}="${value.replaceAll('"', '’').replaceAll('\n', ' ')}"`

const excerptText = ({ file, under, text }: Excerpt): string =>
  `<excerpt${attribute('file', file)}${attribute('under', under)}>\n${text}\n</excerpt>`

const excerptsText = (excerpts: readonly Excerpt[]): string =>
  `Excerpts from your files that may help to answer:\n${excerpts.map(excerptText).join('\n')}`

export function withExcerpts(messages: readonly Utterance[], content: string, go: ExcerptsGo): Utterance[] {
  const question = messages.findLastIndex(({ role }) => role === 'user')
  const at = go === 'last' || question < 0 ? messages.length : question
  return messages.toSpliced(at, 0, { role: 'system', content })
}

/** Tokens that excerpts may take beside a conversation of so many. */
function roomFor(conversationTokens: number, contextTokens: number, maxTokens: number): number {
  const answer = Math.max(MIN_ANSWER_TOKENS, Math.min(maxTokens, Math.floor(contextTokens * ANSWER_SHARE)))
  const left = contextTokens - conversationTokens - answer - 1
  return Math.min(MOST_TOKENS, Math.floor(contextTokens * SHARE_OF_CONTEXT), left)
}

/** Adds what fits beside a conversation that is short enough by itself: excerpts become fewer before anybody is refused. */
export async function tellKnowledge(
  engine: Pick<EnginePort, 'count' | 'facts'>,
  knowledge: Knowledge,
  asked: {
    messages: Utterance[]
    /** What the messages come to without excerpts. */
    tokens: number
    sampling: Sampling
    question: Question
    go: ExcerptsGo
  },
): Promise<Told> {
  const { messages, tokens, sampling, question, go } = asked
  const room = roomFor(tokens, engine.facts.contextTokens, sampling.maxTokens)
  let characters = room * CHARACTERS_A_TOKEN
  for (let tries = 0; tries < TRIES; tries++) {
    const excerpts = knowledge.excerpts(question, characters)
    if (excerpts.length === 0) break
    const told = withExcerpts(messages, excerptsText(excerpts), go)
    const used = (await engine.count(told, sampling)) - tokens
    if (used <= room) return { messages: told, quotable: excerpts.map(({ text }) => text).join('\n\n') }
    const size = excerpts.reduce((sum, excerpt) => sum + sizeOf(excerpt), 0)
    characters = Math.floor((0.9 * size * room) / used)
  }
  return { messages, quotable: '' }
}
