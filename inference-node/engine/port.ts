/** What the node asks of an engine, whichever it is: the embedded llama.cpp, or a server that speaks OpenAI's API. */
import type { Utterance } from '@grimoire/schema/utterance'
import type { ChatEnd, EngineFacts, Opening, PromptProgress, Sampling, SpokenCall } from './protocol.ts'
import type { Turnstile } from './turnstile.ts'

export type ChatAsk = {
  work: string
  /** Whose turn it is: the engine may go on from this holder's last turn, and shows nobody else's. */
  holder?: string
  messages: Utterance[]
  sampling: Sampling
  signal: AbortSignal
  onText: (text: string) => void
  /** A function that the answer calls, complete with its arguments. */
  onCall?: (call: SpokenCall) => void
  /** Told while a long prompt is read. */
  onProgress?: (progress: PromptProgress) => void
}

export type EnginePort = {
  readonly facts: EngineFacts
  /** Whoever runs a turn holds a place of it. */
  readonly turnstile: Turnstile
  /** The process that may die and is replaced; none where the engine runs elsewhere. */
  readonly pid: number | undefined
  /** Whether a turn could be answered now, as far as is known without trying. */
  readonly alive: boolean
  /** Whether one more work fits beside those that are open. */
  readonly hasRoom: boolean
  /** Throws what this engine cannot do of a request, before anything is paid. */
  requireAble(sampling: Sampling): void
  /** Takes a work, with its adapter and how its conversations begin; throws when the adapter cannot be used here. */
  admit(work: string, adapter?: Uint8Array, opening?: Opening): void
  forget(work: string): Promise<void>
  /** When nothing is open: leaves nothing in memory of what was, as far as the engine is this node's own. */
  renew(): Promise<void>
  /** The tokens of a conversation with all that is said beside it; never fewer than there are. */
  count(messages: Utterance[], sampling?: Sampling): Promise<number>
  /** An abort ends the answer early without an error; an engine that fails throws. */
  chat(ask: ChatAsk): Promise<ChatEnd>
  stop(): Promise<void>
}
