/** Six works that a fresh market is seeded with: three chatbots, two of them with an adapter, and three prompts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Market } from '@grimoire/client/market'
import { type Published, publishWork } from '@grimoire/client/publish-work'
import type { Wallet } from '@grimoire/client/wallet'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'
import { type Manifest, MEDIA_TYPES } from '@grimoire/schema/manifest'
import type { Terms } from '@grimoire/schema/work'
import type { PlainPart } from '@grimoire/seal/parts'
import { z } from 'zod'

const DEMO_MODEL = join(import.meta.dirname, '..', 'inference-node', 'demo-model')
export const DEMO_MODEL_PATH = join(DEMO_MODEL, 'grimoire-demo.gguf')

const seed = z.object({
  slug: z.string(),
  kind: z.enum(['chatbot', 'prompt']),
  title: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  adapter: z.string().nullable(),
  /** A Character Card V3's data for a chatbot, a dotprompt for a prompt. */
  card: z.union([z.string(), z.record(z.string(), z.unknown())]),
  /** Questions whose answers were checked with the shipped model at temperature 0. */
  ask: z.array(
    z.object({
      user: z.string().optional(),
      input: z.record(z.string(), z.unknown()).optional(),
      expect: z.string(),
    }),
  ),
})
export type Seed = z.infer<typeof seed>

/** The shipped works, as their makers checked them. */
export function readSeeds(): Seed[] {
  const file: unknown = JSON.parse(readFileSync(join(DEMO_MODEL, 'works.json'), 'utf8'))
  return z.array(seed).parse(file)
}

export function seedNamed(slug: string): Seed {
  const found = readSeeds().find(one => one.slug === slug)
  if (!found) throw new RangeError(`there is no seed "${slug}" in works.json`)
  return found
}

/** The card as its creator would write it: Character Card V3 as JSON, dotprompt as text. */
export const cardText = ({ kind, card }: Seed): string =>
  kind === 'chatbot' && typeof card !== 'string'
    ? JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: card }, null, 2)
    : String(card)

export function partsOf(one: Seed): PlainPart[] {
  const [name, mediaType] =
    one.kind === 'chatbot'
      ? ['card.json', MEDIA_TYPES.chatbotCard]
      : [`${one.slug}.prompt`, MEDIA_TYPES.promptCard]
  const card: PlainPart = { role: 'card', name, mediaType, bytes: new TextEncoder().encode(cardText(one)) }
  if (!one.adapter) return [card]
  const bytes = new Uint8Array(readFileSync(join(DEMO_MODEL, one.adapter)))
  return [card, { role: 'adapter', name: one.adapter, mediaType: MEDIA_TYPES.adapter, bytes }]
}

/** Terms as a creator might choose them; prompts can be opened, chatbots stay sealed. */
export const seedTerms = ({ kind }: Seed): Terms => ({
  kind,
  disclosure: kind === 'prompt' ? 'openable' : 'sealed',
  admission: 'listed',
  editionCap: kind === 'prompt' ? 1_000 : 100,
  priceAtomic: String(parseMoney(kind === 'prompt' ? '2' : '12.5')),
  resaleRoyaltyBps: 750,
  usageRoyaltyBps: 2_000,
  maxTurnFeeAtomic: String(parseMoney('0.002')),
  maxInputPerMillionBytesAtomic: String(parseMoney('2')),
  maxOutputPerMillionBytesAtomic: String(parseMoney('8')),
})

export type PublishSeed = {
  wallet: Wallet
  seed: Seed
  base: Manifest['base']
  admitted: Hex[]
  parents?: { workId: string; shareBps: number }[]
}

export const publishSeed = (
  market: Market,
  { wallet, seed: one, base, admitted, parents }: PublishSeed,
): Promise<Published> =>
  publishWork(market, {
    wallet,
    words: {
      title: one.title,
      summary: one.summary,
      tags: one.tags,
      language: 'en',
      licence: 'CC-BY-4.0',
      base,
    },
    terms: seedTerms(one),
    parts: partsOf(one),
    admitted,
    ...(parents ? { parents } : {}),
  })
