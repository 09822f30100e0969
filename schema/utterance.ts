/** One message as the engine reads it: a role and plain text, whatever format a creator or a caller wrote it in. */
import { type ChatMessage, callsOf, textOf } from './chat.ts'
import { callTexts } from './tools.ts'

export type Utterance = {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  /** The functions that an assistant called in this message, in order. */
  calls?: readonly UtteredCall[]
  /** Of a tool: the call that this is the result of. */
  callId?: string
}
export type UtteredCall = { id: string; name: string; arguments: string }

/** A caller's messages as utterances: `developer` is today's name for `system`. */
export const utterancesOf = (messages: readonly ChatMessage[]): Utterance[] =>
  messages.map(message => {
    const calls = callsOf(message).map(call => {
      const [name, given] = callTexts(call)
      return { id: call.id, name, arguments: given }
    })
    return {
      role: message.role === 'developer' ? 'system' : message.role,
      content: textOf(message),
      ...(calls.length > 0 ? { calls } : {}),
      ...(message.role === 'tool' ? { callId: message.tool_call_id } : {}),
    }
  })

/** What a creator may fix for every answer of a work; a request's own values win. */
export type Generation = { temperature?: number; topP?: number; maxTokens?: number; stop?: string[] }
