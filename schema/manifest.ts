/** The public face of a sealed work: what it is, which parts it has under which hashes, and the seal over their key. */
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { address, sha256Name, workIdText } from './hex.ts'
import { DISCLOSURES, KINDS } from './work.ts'

export const MANIFEST_FORMAT = 'grimoire/manifest@1'
export const MANIFEST_MAX_BYTES = 65_536

export const PART_ROLES = ['card', 'adapter', 'knowledge'] as const
export type PartRole = (typeof PART_ROLES)[number]

export const MEDIA_TYPES = {
  chatbotCard: 'application/vnd.character-card+json;version=3',
  promptCard: 'text/vnd.dotprompt',
  adapter: 'application/vnd.gguf',
  /** One for all of them: that it is Markdown or a table is as sealed as its name. */
  knowledge: 'text/vnd.grimoire.knowledge',
} as const

export const part = z.object({
  role: z.enum(PART_ROLES),
  name: z.string().min(1).max(120),
  mediaType: z.string().min(1).max(120),
  /** Of the ciphertext: also its name at the edge and at any mirror. */
  sha256: sha256Name,
  sizeBytes: z.number().int().positive(),
  plainSizeBytes: z.number().int().min(0),
  /** What the ciphertext is called on IPFS, where that does not follow from its hash: of more than one MiB. */
  cid: z
    .string()
    .regex(/^b[a-z2-7]{58}$/, 'expected a CIDv1 in base32')
    .optional(),
})
export type Part = z.infer<typeof part>

/** The base model a chatbot was tuned on, or a prompt was written for: an adapter fits exactly these weights. */
export const baseModel = z.object({ name: z.string().min(1).max(120), sha256: sha256Name })

/** The age identity of this version, sealed by the key network under the Gate's condition. */
export const seal = z.object({
  network: z.literal('lit'),
  networkKey: z.string().regex(/^[0-9a-f]{96}$/),
  gate: address,
  chain: z.string().min(1).max(40),
  ciphertext: z.string().min(1).max(4_096),
  dataToEncryptHash: sha256Name,
  recipient: z.string().regex(/^age1[0-9a-z]{58}$/),
})
export type Seal = z.infer<typeof seal>

export const manifest = z.object({
  format: z.literal(MANIFEST_FORMAT),
  chainId: z.number().int().positive(),
  works: address,
  workId: workIdText,
  version: z.number().int().min(1),
  creator: address,
  kind: z.enum(KINDS),
  disclosure: z.enum(DISCLOSURES),
  title: z.string().trim().min(1).max(80),
  summary: z.string().trim().min(1).max(600),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/)).max(12),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  licence: z.string().min(1).max(80),
  base: baseModel,
  parts: z.array(part).min(1).max(32),
  seal,
})
export type Manifest = z.infer<typeof manifest>

/** The bytes whose sha256 the ledger holds: canonical JSON, so that one manifest has one hash. */
export const manifestBytes = (value: Manifest): Uint8Array<ArrayBuffer> =>
  new Uint8Array(new TextEncoder().encode(canonicalJson(manifest.parse(value))))
