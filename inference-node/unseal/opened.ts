/** An opened version: how its card or prompt makes the engine's messages of a request. Its text exists in memory only. */
import {
  type CharacterCard,
  cardGeneration,
  cardOutputKinds,
  cardPassages,
  composeChat,
  parseCard,
} from '@grimoire/schema/card'
import type { ChatRequest } from '@grimoire/schema/chat'
import { type Dotprompt, parseDotprompt, promptPassages, renderPrompt } from '@grimoire/schema/dotprompt'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { type Generation, type Utterance, utterancesOf } from '@grimoire/schema/utterance'
import type { PlainPart } from '@grimoire/seal/parts'
import { HiddenText } from '../guard/hidden.ts'

export type OpenedWork = {
  generation: Generation
  adapter?: Uint8Array
  messagesFor(request: ChatRequest): Utterance[]
  /** What answers are held against; null when the work has too little text to hide. */
  hidden: HiddenText | null
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
  const { language } = manifest
  const behaviour =
    manifest.kind === 'prompt' ? ofPrompt(parseDotprompt(text), language) : ofCard(parseCard(text), language)
  return { ...behaviour, ...(adapter ? { adapter: adapter.bytes } : {}) }
}

const hide = (passages: string[], outputKinds: readonly string[] | undefined, language: string) =>
  HiddenText.of({ passages, language, ...(outputKinds ? { outputKinds } : {}) })

const ofCard = (card: CharacterCard, language: string): OpenedWork => ({
  generation: cardGeneration(card),
  messagesFor: request => composeChat(card, utterancesOf(request.messages)),
  hidden: hide(cardPassages(card), cardOutputKinds(card), language),
})

const ofPrompt = (prompt: Dotprompt, language: string): OpenedWork => ({
  generation: prompt.generation,
  messagesFor: request => renderPrompt(prompt, request),
  hidden: hide(promptPassages(prompt.template), prompt.outputKinds, language),
})
