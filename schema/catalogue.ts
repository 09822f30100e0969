/** The JSON shapes of the edge's answers: works, listings, operators. Whoever reads them can check each on the chain. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, bytes32, hexData, seconds, sha256Name, workIdText } from './hex.ts'
import { listing } from './listing.ts'
import { manifest } from './manifest.ts'
import { prices } from './price.ts'
import { parent, terms } from './work.ts'

/** A work in a list. The texts come from the manifest and are null until its blob has been seen. */
export const workSummary = z.object({
  workId: workIdText,
  model: z.string(),
  creator: address,
  terms,
  minted: z.number().int().min(0),
  latestVersion: z.number().int().min(1),
  contentHash: sha256Name,
  title: z.string().nullable(),
  summary: z.string().nullable(),
  tags: z.array(z.string()),
  language: z.string().nullable(),
  baseModelSha256: sha256Name.nullable(),
  hasAdapter: z.boolean().nullable(),
  createdAtSeconds: seconds,
  floorPriceAtomic: atomicText.nullable(),
  lastPriceAtomic: atomicText.nullable(),
  sales: z.number().int().min(0),
})
export type WorkSummary = z.infer<typeof workSummary>

export const worksPage = z.object({ works: z.array(workSummary), nextCursor: z.string().nullable() })
export type WorksPage = z.infer<typeof worksPage>

export const workDetail = workSummary.extend({
  parents: z.array(parent.extend({ confirmed: z.boolean() })),
  admitted: z.array(address),
  versions: z.array(z.object({ version: z.number().int(), contentHash: sha256Name })),
  manifest: manifest.nullable(),
})
export type WorkDetail = z.infer<typeof workDetail>

export const listingRow = z.object({ digest: bytes32, listing, signature: hexData, postedAtSeconds: seconds })
export const listingsPage = z.object({ listings: z.array(listingRow) })
export type ListingRow = z.infer<typeof listingRow>

export const operatorRow = z.object({
  operator: address,
  endpoint: z.string(),
  sessionKey: bytes32,
  paymentKey: address,
  prices,
  bondAtomic: atomicText,
  active: z.boolean(),
  freeAtSeconds: seconds.nullable(),
})
export const operatorsPage = z.object({ operators: z.array(operatorRow) })
export type OperatorRow = z.infer<typeof operatorRow>

export const edgeHealth = z.object({
  status: z.enum(['ok', 'behind', 'stopped']),
  chainId: z.number().int(),
  indexedBlock: z.number().int(),
  headBlock: z.number().int().nullable(),
  reason: z.string().nullable(),
})
export type EdgeHealth = z.infer<typeof edgeHealth>
