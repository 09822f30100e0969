/** A draft: an unminted card that its creator tries on a node, in memory only, and the receipts of its free answers. */
import { keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { CARD_MAX_BYTES } from './card.ts'
import { address, bytes32, count, hashToBytes32, hexData, seconds, sha256Name } from './hex.ts'
import { KNOWLEDGE_MAX_FILES, KNOWLEDGE_PART_MAX_BYTES } from './knowledge.ts'
import { aboutLedger, engineBuild, nodeDomain } from './node-word.ts'
import { KINDS } from './work.ts'

/** The signature opens one draft at one node; for longer than this after it was made, no node takes it. */
export const DRAFT_LEAVE_MAX_SECONDS = 600
/** An adapter goes up in pieces of at most this, so that no body has to be held twice. */
export const DRAFT_PIECE_MAX_BYTES = 4 * 1024 * 1024

export const draftAdapter = z.object({ sha256: sha256Name, sizeBytes: z.number().int().positive() })
/** A knowledge file in the form that is sealed. */
export const draftFile = draftAdapter.extend({
  sizeBytes: z.number().int().positive().max(KNOWLEDGE_PART_MAX_BYTES),
})

/** What is run. Its hash, and nothing else of it, stands in the signed leave and in every receipt. */
export const draftContent = z.object({
  kind: z.enum(KINDS),
  /** Character Card V3 as JSON, or a dotprompt. */
  card: z.string().min(1).max(CARD_MAX_BYTES),
  adapter: draftAdapter.optional(),
  knowledge: z.array(draftFile).min(1).max(KNOWLEDGE_MAX_FILES).optional(),
  /** Without it the node's own base model. */
  baseModelSha256: sha256Name.optional(),
  /** Random: who sees the hash cannot find out a short card by trying. */
  salt: bytes32,
})
export type DraftContent = z.infer<typeof draftContent>

/** Names one draft without telling anything of it. Whoever has content and salt can show later that they belong to it. */
export const draftHash = (content: DraftContent) =>
  keccak256(toBytes(canonicalJson(draftContent.parse(content))))

/** EIP-4361, for one node, one content and ten minutes. */
export const draftLeave = z.object({ message: z.string().max(2_048), signature: hexData })
export type DraftLeave = z.infer<typeof draftLeave>

export const draftRequest = z.object({ content: draftContent, leave: draftLeave })

export const draftAnswer = z.object({
  id: z.string(),
  /** The API key of this draft: `<node>/v1/drafts/<id>` is a base URL for any OpenAI client. */
  token: z.string(),
  draftHash: bytes32,
  baseModelSha256: sha256Name,
  /** How much of the adapter the node has; it runs when that is all of it. */
  receivedBytes: count,
  turnsLeftToday: count,
  /** The draft is wiped when nothing was asked for this long. */
  idleSeconds: z.number().int().positive(),
})
export type DraftAnswer = z.infer<typeof draftAnswer>

export const draftReceipt = z.object({
  ...aboutLedger,
  operator: address,
  wallet: address,
  draftHash: bytes32,
  baseModelSha256: sha256Name,
  engineBuild,
  requestHash: bytes32,
  outputHash: bytes32,
  inputTokens: count,
  outputTokens: count,
  servedAtSeconds: seconds,
})
export type DraftReceipt = z.infer<typeof draftReceipt>

const DRAFT_RECEIPT_TYPES = {
  DraftReceipt: [
    { name: 'operator', type: 'address' },
    { name: 'wallet', type: 'address' },
    { name: 'draftHash', type: 'bytes32' },
    { name: 'baseModelSha256', type: 'bytes32' },
    { name: 'engineBuild', type: 'string' },
    { name: 'requestHash', type: 'bytes32' },
    { name: 'outputHash', type: 'bytes32' },
    { name: 'inputTokens', type: 'uint64' },
    { name: 'outputTokens', type: 'uint64' },
    { name: 'servedAtSeconds', type: 'uint64' },
  ],
} as const

/** Signed by the operator's payment key, as receipts of paid turns are; no channel and no price is in it. */
export const draftReceiptTypedData = ({ chainId, works, ...value }: DraftReceipt) =>
  ({
    domain: nodeDomain(chainId, works),
    types: DRAFT_RECEIPT_TYPES,
    primaryType: 'DraftReceipt',
    message: {
      ...value,
      baseModelSha256: hashToBytes32(value.baseModelSha256),
      inputTokens: BigInt(value.inputTokens),
      outputTokens: BigInt(value.outputTokens),
      servedAtSeconds: BigInt(value.servedAtSeconds),
    },
  }) as const

/** Beside OpenAI's own fields in the last chunk of an answer, under `grimoire`. */
export const draftTail = z.object({
  draftReceipt,
  signature: hexData,
  turnsLeftToday: count,
})
export type DraftTail = z.infer<typeof draftTail>
