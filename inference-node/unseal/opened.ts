/** An opened version: how its card or prompt makes the engine's messages of a request. Its text exists in memory only. */
import { type CharacterCard, cardGeneration, composeChat, parseCard } from '@grimoire/schema/card'
import type { ChatRequest } from '@grimoire/schema/chat'
import { type Dotprompt, parseDotprompt, renderPrompt } from '@grimoire/schema/dotprompt'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { type Generation, type Utterance, utterancesOf } from '@grimoire/schema/utterance'
import type { PlainPart } from '@grimoire/seal/parts'

export type OpenedWork = {
  generation: Generation
  adapter?: Uint8Array
  messagesFor(request: ChatRequest): Utterance[]
}

const DECODER = new TextDecoder('utf-8', { fatal: true })

function textOf(part: PlainPart): string {
  try {
    return DECODER.decode(part.bytes)
  } catch (cause) {
    throw new Problem('card_invalid', { got: part.name, expected: 'UTF-8 text', cause })
  }
}

function only(parts: PlainPart[], role: PlainPart['role']): PlainPart | undefined {
  const [first, second] = parts.filter(part => part.role === role)
  if (second) throw new Problem('card_invalid', { got: `a second ${role}`, expected: `one ${role}` })
  return first
}

/** Reads the plain parts as the manifest's kind says; knowledge files are carried but not yet used in a chat. */
export function readOpened(manifest: Manifest, parts: PlainPart[]): OpenedWork {
  const card = only(parts, 'card')
  const adapter = only(parts, 'adapter')
  if (!card) throw new Problem('card_invalid', { got: 'no card', expected: 'one part with the role card' })
  const text = textOf(card)
  const behaviour = manifest.kind === 'prompt' ? ofPrompt(parseDotprompt(text)) : ofCard(parseCard(text))
  return { ...behaviour, ...(adapter ? { adapter: adapter.bytes } : {}) }
}

const ofCard = (card: CharacterCard): OpenedWork => ({
  generation: cardGeneration(card),
  messagesFor: request => composeChat(card, utterancesOf(request.messages)),
})

const ofPrompt = (prompt: Dotprompt): OpenedWork => ({
  generation: prompt.generation,
  messagesFor: request => renderPrompt(prompt, request),
})
