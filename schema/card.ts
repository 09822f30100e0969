/** Character Card V3, as far as a text chat needs it: how a card is read, and which messages it makes of a conversation. */
import { z } from 'zod'
import { outputKinds } from './output-kinds.ts'
import { Problem } from './problem.ts'
import type { Generation, Utterance } from './utterance.ts'

export const CARD_MAX_BYTES = 262_144

const text = z.string().max(65_536)

const bookEntry = z.object({
  keys: z.array(z.string().max(256)).max(64),
  content: text,
  enabled: z.boolean(),
  insertion_order: z.number(),
  case_sensitive: z.boolean().optional(),
  constant: z.boolean().optional(),
  use_regex: z.literal(false, 'a pattern may hang the node; write plain keys').optional(),
})

const characterBook = z.object({
  scan_depth: z.number().int().min(0).max(100).optional(),
  entries: z.array(bookEntry).max(256),
})

const generation = z.object({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().gt(0).max(1).optional(),
  maxTokens: z.number().int().min(1).max(32_768).optional(),
  stop: z.array(z.string().min(1).max(64)).max(4).optional(),
})

/** Fields of the format that only a character front end shows (greetings, assets, notes) pass through unread. */
export const characterCard = z.object({
  spec: z.literal('chara_card_v3'),
  spec_version: z.string().regex(/^3\./, 'expected version 3'),
  data: z.object({
    name: z.string().trim().min(1).max(120),
    nickname: z.string().max(120).optional(),
    description: text.default(''),
    personality: text.default(''),
    scenario: text.default(''),
    system_prompt: text.default(''),
    post_history_instructions: text.default(''),
    mes_example: text.default(''),
    first_mes: text.default(''),
    character_book: characterBook.optional(),
    /** Ours: settings that the creator fixes, and kinds of output beside text that answers may have. */
    extensions: z.object({ grimoire: z.object({ generation, outputKinds }).partial().optional() }).optional(),
  }),
})
export type CharacterCard = z.infer<typeof characterCard>
type Book = z.infer<typeof characterBook>

export function parseCard(source: string): CharacterCard {
  const parsed = characterCard.safeParse(jsonOf(source))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem('card_invalid', {
    expected: `a Character Card V3: ${issue?.path.join('.') || 'card'}: ${issue?.message ?? 'unreadable'}`,
  })
}

function jsonOf(source: string): unknown {
  if (source.length > CARD_MAX_BYTES)
    throw new Problem('card_invalid', { expected: `at most ${CARD_MAX_BYTES} bytes` })
  try {
    return JSON.parse(source)
  } catch (cause) {
    throw new Problem('card_invalid', { expected: 'a Character Card V3 as JSON', cause })
  }
}

/** The settings that the creator fixed, under `data.extensions.grimoire.generation`. */
export function cardGeneration(card: CharacterCard): Generation {
  const { temperature, topP, maxTokens, stop } = card.data.extensions?.grimoire?.generation ?? {}
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(stop === undefined ? {} : { stop }),
  }
}

export const cardOutputKinds = (card: CharacterCard): readonly string[] | undefined =>
  card.data.extensions?.grimoire?.outputKinds

/** Every text that only the creator has written and that may reach the engine: what a node must not let be recited. */
export function cardPassages(card: CharacterCard): string[] {
  const { data } = card
  const { system_prompt, description, personality, scenario, mes_example, post_history_instructions } = data
  const book = data.character_book?.entries.filter(entry => entry.enabled).map(entry => entry.content) ?? []
  return [system_prompt, description, personality, scenario, ...book, mes_example, post_history_instructions]
    .filter(passage => passage !== '')
    .map(passage => fill(card, passage))
}

/**
 * The whole conversation for the engine. The card speaks first, as one system message; when only `system_prompt` is
 * set, that message is its text and nothing else. A caller's own system messages follow it and never replace it.
 */
export function composeChat(card: CharacterCard, conversation: readonly Utterance[]): Utterance[] {
  const system = systemMessageOf(card, conversation)
  const closing = fill(card, card.data.post_history_instructions)
  return [
    ...(system === '' ? [] : [{ role: 'system' as const, content: system }]),
    ...conversation,
    ...(closing === '' ? [] : [{ role: 'system' as const, content: closing }]),
  ]
}

function systemMessageOf(card: CharacterCard, conversation: readonly Utterance[]): string {
  const { data } = card
  const name = data.nickname || data.name
  const sections = [
    data.system_prompt,
    data.description,
    data.personality && `${name}'s personality: ${data.personality}`,
    data.scenario && `Scenario: ${data.scenario}`,
    ...(data.character_book ? bookTexts(data.character_book, conversation) : []),
    data.mes_example && `Examples of how ${name} writes:\n${data.mes_example}`,
  ]
  return sections
    .filter(section => section !== '')
    .map(section => fill(card, section))
    .join('\n\n')
}

/** The macros of the format. A split and join, not a pattern: a card's own text is never read as one. */
const fill = (card: CharacterCard, source: string): string =>
  source
    .split('{{char}}')
    .join(card.data.nickname || card.data.name)
    .split('{{user}}')
    .join('User')
    .split('{{original}}')
    .join('')

/** Entries that always stand, and those of which a key was said lately, in their creator's order. */
function bookTexts(book: Book, conversation: readonly Utterance[]): string[] {
  const recent = conversation
    .slice(-(book.scan_depth ?? 4))
    .map(line => line.content)
    .join('\n')
  const lower = recent.toLowerCase()
  return book.entries
    .filter(entry => entry.enabled)
    .filter(
      entry =>
        entry.constant ||
        entry.keys.some(key =>
          entry.case_sensitive ? recent.includes(key) : key !== '' && lower.includes(key.toLowerCase()),
        ),
    )
    .sort((a, b) => a.insertion_order - b.insertion_order)
    .map(entry => entry.content)
}
