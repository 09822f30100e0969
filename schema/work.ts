/** A work's fixed terms: what its creator decides at creation and nobody can change after. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { workIdText } from './hex.ts'

/** The order of each list is the contract's enum: the index is what the chain stores. */
export const KINDS = ['prompt', 'chatbot'] as const
export const DISCLOSURES = ['sealed', 'openable'] as const
export const ADMISSIONS = ['listed', 'bonded'] as const

export type Kind = (typeof KINDS)[number]
export type Disclosure = (typeof DISCLOSURES)[number]
export type Admission = (typeof ADMISSIONS)[number]

/** The ledger's hard caps; `contracts` holds the same numbers, and a test compares them. */
export const LIMITS = {
  maxResaleRoyaltyBps: 2_500,
  maxUsageRoyaltyBps: 5_000,
  maxProtocolFeeBps: 500,
  maxParents: 4,
  maxParentsBps: 5_000,
  maxAdmitted: 16,
  maxOrderSeconds: 30 * 24 * 3600,
} as const

export const parent = z.object({
  workId: workIdText,
  shareBps: z.number().int().min(1).max(LIMITS.maxParentsBps),
})

export const terms = z.object({
  kind: z.enum(KINDS),
  disclosure: z.enum(DISCLOSURES),
  admission: z.enum(ADMISSIONS),
  editionCap: z.number().int().min(1).max(0xffff_ffff),
  priceAtomic: atomicText,
  resaleRoyaltyBps: z.number().int().min(0).max(LIMITS.maxResaleRoyaltyBps),
  usageRoyaltyBps: z.number().int().min(0).max(LIMITS.maxUsageRoyaltyBps),
  maxTurnFeeAtomic: atomicText,
  maxInputPerMillionBytesAtomic: atomicText,
  maxOutputPerMillionBytesAtomic: atomicText,
})
export type Terms = z.infer<typeof terms>

/** The terms as the contract's tuple. */
export const termsToChain = (value: Terms) => ({
  kind: KINDS.indexOf(value.kind),
  disclosure: DISCLOSURES.indexOf(value.disclosure),
  admission: ADMISSIONS.indexOf(value.admission),
  editionCap: value.editionCap,
  priceAtomic: Number(value.priceAtomic),
  resaleRoyaltyBps: value.resaleRoyaltyBps,
  usageRoyaltyBps: value.usageRoyaltyBps,
  maxTurnFeeAtomic: Number(value.maxTurnFeeAtomic),
  maxInputPerMillionBytesAtomic: Number(value.maxInputPerMillionBytesAtomic),
  maxOutputPerMillionBytesAtomic: Number(value.maxOutputPerMillionBytesAtomic),
})

/** The contract's tuple as terms. viem reads uint48 and smaller as number. */
export const termsFromChain = (value: ReturnType<typeof termsToChain>): Terms =>
  terms.parse({
    kind: KINDS[value.kind],
    disclosure: DISCLOSURES[value.disclosure],
    admission: ADMISSIONS[value.admission],
    editionCap: value.editionCap,
    priceAtomic: String(value.priceAtomic),
    resaleRoyaltyBps: value.resaleRoyaltyBps,
    usageRoyaltyBps: value.usageRoyaltyBps,
    maxTurnFeeAtomic: String(value.maxTurnFeeAtomic),
    maxInputPerMillionBytesAtomic: String(value.maxInputPerMillionBytesAtomic),
    maxOutputPerMillionBytesAtomic: String(value.maxOutputPerMillionBytesAtomic),
  })
