/** A draft as this device keeps it: what is written, the terms as they are typed, and how far its mint has come. */
import { address, bytes32, sha256Name, workIdText } from '@grimoire/schema/hex'
import { ADMISSIONS, DISCLOSURES, terms as fixedTerms, KINDS, type Kind } from '@grimoire/schema/work'
import { z } from 'zod'
import { textIn } from './row.ts'

const typedTerms = z.object({
  disclosure: z.enum(DISCLOSURES),
  admission: z.enum(ADMISSIONS),
  admitted: z.array(address),
  editionCap: z.string(),
  price: z.string(),
  resalePercent: z.string(),
  usagePercent: z.string(),
  maxTurnFee: z.string(),
  maxInput: z.string(),
  maxOutput: z.string(),
})
export type TypedTerms = z.infer<typeof typedTerms>

const words = z.object({
  title: z.string(),
  summary: z.string(),
  tags: z.string(),
  language: z.string(),
  licence: z.string(),
})
export type Words = z.infer<typeof words>

const listedFile = z.object({
  name: z.string(),
  /** In the form that is sealed, and of that the hash. */
  sizeBytes: z.number(),
  sha256: sha256Name,
})
export type ListedFile = z.infer<typeof listedFile>

/** A version that is on the chain, or on the way there. */
const version = z.object({
  creator: address,
  workId: workIdText,
  version: z.number().int(),
  /** The text that was sealed: what the next version is compared with. */
  card: z.string(),
  knowledge: z.array(listedFile).default([]),
  recovery: z.record(z.string(), z.unknown()),
})

/** A sealed work between its sealing and its place on the chain; its files lie beside the draft. */
const mint = version.extend({
  /** Of a first version only. */
  salt: bytes32.nullable(),
  contentHash: sha256Name,
  contentHashBytes32: bytes32,
  blobs: z.array(z.object({ name: sha256Name, sizeBytes: z.number() })),
  terms: fixedTerms,
  admitted: z.array(address),
  stage: z.enum(['sealed', 'uploaded', 'sent']),
  transaction: bytes32.nullable(),
})
export type Mint = z.infer<typeof mint>

export type PublishedDraft = z.infer<typeof version>

const sample = z.object({
  question: z.string(),
  answer: z.string(),
  operator: address,
  receipt: z.record(z.string(), z.unknown()),
  signature: z.string(),
})
export type Sample = z.infer<typeof sample>

const draft = z.object({
  id: z.string(),
  kind: z.enum(KINDS),
  editedAtMs: z.number(),
  /** Of a chatbot: the card's data, with fields that only other programs read. */
  data: z.record(z.string(), z.unknown()),
  /** Of a prompt: the dotprompt. */
  source: z.string(),
  words,
  terms: typedTerms,
  base: z.object({ name: z.string(), sha256: sha256Name }).nullable(),
  adapter: z.object({ name: z.string(), sizeBytes: z.number(), about: z.string() }).nullable(),
  /** Their texts lie beside the draft. */
  knowledge: z.array(listedFile).default([]),
  samples: z.array(sample),
  /** What an import could not take; it stays until it is dismissed. */
  imported: z
    .object({ from: z.string(), left: z.array(z.string()) })
    .nullable()
    .default(null),
  /** Under way. */
  mint: mint.nullable(),
  /** The latest version that this device has put on the chain. */
  published: version.nullable(),
})
export type Draft = z.infer<typeof draft>

export const readDraft = (text: string): Draft | null => draft.safeParse(JSON.parse(text)).data ?? null

const FIRST_PROMPT = `---
input:
  schema:
    subject: string, what it is about
    tone(enum, how it should sound): [friendly, formal, funny]
  default:
    tone: friendly
---
Write three sentences about {{subject}} in a {{tone}} tone.
`

/** Digits, as a work's id has: a cover is drawn from them. */
const newId = (): string => BigInt(`0x${crypto.randomUUID().replaceAll('-', '')}`).toString()

export const newDraft = (kind: Kind, part: Partial<Draft> = {}): Draft => ({
  id: newId(),
  kind,
  editedAtMs: Date.now(),
  data: kind === 'chatbot' ? { name: '', first_mes: '', system_prompt: '', mes_example: '' } : {},
  source: kind === 'prompt' ? FIRST_PROMPT : '',
  words: { title: '', summary: '', tags: '', language: 'en', licence: 'CC-BY-4.0' },
  terms: {
    disclosure: kind === 'prompt' ? 'openable' : 'sealed',
    admission: 'listed',
    admitted: [],
    editionCap: '100',
    price: kind === 'prompt' ? '2' : '10',
    resalePercent: '7.5',
    usagePercent: '20',
    maxTurnFee: '0.002',
    maxInput: '2',
    maxOutput: '8',
  },
  base: null,
  adapter: null,
  knowledge: [],
  samples: [],
  imported: null,
  mint: null,
  published: null,
  ...part,
})

export const titleOfDraft = (one: Draft): string =>
  one.words.title.trim() ||
  textIn(one.data, 'name').trim() ||
  (one.kind === 'chatbot' ? 'Unnamed chatbot' : 'Unnamed prompt')

/** What a copy begins with: the words, and nothing of what was minted or tried. */
export const copyOf = (one: Draft): Draft =>
  newDraft(one.kind, {
    ...{ data: one.data, source: one.source, terms: one.terms, base: one.base },
    words: { ...one.words, title: `${titleOfDraft(one)}, a copy`.slice(0, 80) },
  })
