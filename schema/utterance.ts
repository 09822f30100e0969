/** One message as the engine reads it: a role and plain text, whatever format a creator or a caller wrote it in. */
import { type ChatMessage, textOf } from './chat.ts'

export type Utterance = { role: 'system' | 'user' | 'assistant'; content: string }

/** A caller's messages as utterances: `developer` is today's name for `system`. */
export const utterancesOf = (messages: readonly ChatMessage[]): Utterance[] =>
  messages.map(message => ({
    role: message.role === 'developer' ? 'system' : message.role,
    content: textOf(message),
  }))

/** What a creator may fix for every answer of a work; a request's own values win. */
export type Generation = { temperature?: number; topP?: number; maxTokens?: number; stop?: string[] }
