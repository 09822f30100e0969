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
import { isKnowledge, openKnowledge, requireKnowledge } from '@grimoire/schema/knowledge'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { type Generation, type Utterance, utterancesOf } from '@grimoire/schema/utterance'
import type { PlainPart } from '@grimoire/seal/parts'
import type { Opening } from '../engine/protocol.ts'
import { HiddenText } from '../guard/hidden.ts'
import { Knowledge } from '../knowledge/knowledge.ts'
import { type ExcerptsGo, withExcerpts } from '../knowledge/told.ts'

export type Behaviour = {
  readonly generation: Generation
  messagesFor(request: ChatRequest): Utterance[]
  /** Where excerpts of its files are told. */
  readonly excerptsGo: ExcerptsGo
  /** What answers are held against; null when the work has too little text to hide. Its files may be quoted. */
  readonly hidden: HiddenText | null
}

export type OpenedWork = Behaviour & {
  adapter?: Uint8Array
  knowledge?: Knowledge
  /** Two conversations with nothing of a holder's in common: how all of this work's begin. */
  opening?: Opening
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

/** Reads the plain parts as the manifest's kind says. Nothing of what is returned, but an adapter, stands in their bytes. */
export async function readOpened(
  manifest: Pick<Manifest, 'kind' | 'language'>,
  parts: PlainPart[],
): Promise<OpenedWork> {
  const card = only(parts, 'card')
  const adapter = only(parts, 'adapter')
  if (!card) throw new Problem('card_invalid', { got: 'no card', expected: 'one part with the role card' })
  const behaviour = readBehaviour(manifest, textOf(card))
  const knowledge = await knowledgeOf(parts)
  const opening = openingOf(behaviour, knowledge !== undefined)
  return {
    ...behaviour,
    ...(adapter ? { adapter: adapter.bytes } : {}),
    ...(opening ? { opening } : {}),
    ...(knowledge ? { knowledge } : {}),
  }
}

/** Each file in the form in which it was sealed, and all of them within their limits. */
async function knowledgeOf(parts: PlainPart[]): Promise<Knowledge | undefined> {
  const sealed = parts.filter(isKnowledge)
  if (sealed.length === 0) return
  const sizesBytes = sealed.map(({ bytes }) => bytes.length)
  requireKnowledge(sizesBytes, 'knowledge_invalid')
  return Knowledge.open(sealed.map(({ name, bytes }) => openKnowledge(name, bytes)))
}

/** What a card or prompt alone says; its text is prepared for the guard when `hidden` is first asked for. */
export function readBehaviour(
  { kind, language }: Pick<Manifest, 'kind' | 'language'>,
  text: string,
): Behaviour {
  return kind === 'prompt' ? ofPrompt(parseDotprompt(text), language) : ofCard(parseCard(text), language)
}

/** A work with files begins alike whether a turn is told of them or not, and only so far. */
function openingOf({ messagesFor, excerptsGo }: Behaviour, withFiles: boolean): Opening | undefined {
  const saying = (content: string) => messagesFor({ model: '', messages: [{ role: 'user', content }] })
  try {
    const other = saying('7')
    return [saying('A'), withFiles ? withExcerpts(other, '…', excerptsGo) : other]
  } catch {
    return // A prompt that asks for more than one text: its conversations are read from the start.
  }
}

type Told = Pick<Behaviour, 'generation' | 'messagesFor' | 'excerptsGo'>

/** A getter: where the behaviour is copied, as for an opened work, the text is prepared then. */
function hiding(told: Told, hide: () => HiddenText | null): Behaviour {
  let hidden: HiddenText | null | undefined
  return {
    ...told,
    get hidden() {
      hidden = hidden === undefined ? hide() : hidden
      return hidden
    },
  }
}

const hide = (passages: string[], outputKinds: readonly string[] | undefined, language: string) =>
  HiddenText.of({ passages, language, ...(outputKinds ? { outputKinds } : {}) })

const ofCard = (card: CharacterCard, language: string): Behaviour =>
  hiding(
    {
      generation: cardGeneration(card),
      messagesFor: request => composeChat(card, utterancesOf(request.messages)),
      excerptsGo: 'before the question',
    },
    () => hide(cardPassages(card), cardOutputKinds(card), language),
  )

const ofPrompt = (prompt: Dotprompt, language: string): Behaviour =>
  hiding(
    {
      generation: prompt.generation,
      messagesFor: request => renderPrompt(prompt, request),
      excerptsGo: 'last',
    },
    () => hide(promptPassages(prompt.template), prompt.outputKinds, language),
  )
