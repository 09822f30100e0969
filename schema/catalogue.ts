/** The JSON shapes of the edge's answers: works, listings, operators. Whoever reads them can check each on the chain. */
import { z } from 'zod'
import { address, bytes32, hexData, seconds, sha256Name, workIdText } from './hex.ts'
import { listing } from './listing.ts'
import { manifest } from './manifest.ts'
import { offer, PAYMENTS } from './offer.ts'
import { prices } from './price.ts'
import { KINDS, parent, terms } from './work.ts'

const count = z.number().int().min(0)

/** `new` is the newest first, `price` the cheapest first, `sales` the most sold first. A search is always newest first. */
export const SORTS = ['new', 'price', 'sales'] as const
export const PAGE_LIMIT = 100

export const worksQuery = z.object({
  q: z.string().max(200).optional(),
  kind: z.enum(KINDS).optional(),
  creator: address.optional(),
  sort: z.enum(SORTS).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(25),
  cursor: z.string().max(400).optional(),
})
export type WorksQuery = z.infer<typeof worksQuery>

/** A sum that the chain holds in 256 bits. */
const sumText = z.string().regex(/^(0|[1-9]\d{0,77})$/, 'expected whole atomic units as decimal digits')

/** A work in a list. The texts come from the manifest and are null until its blob has been seen. */
export const workSummary = z.object({
  workId: workIdText,
  model: z.string(),
  creator: address,
  terms,
  minted: count,
  latestVersion: z.number().int().min(1),
  contentHash: sha256Name,
  title: z.string().nullable(),
  summary: z.string().nullable(),
  tags: z.array(z.string()),
  language: z.string().nullable(),
  licence: z.string().nullable(),
  baseModelName: z.string().nullable(),
  baseModelSha256: sha256Name.nullable(),
  hasAdapter: z.boolean().nullable(),
  createdAtSeconds: seconds,
  /** The least that one edition costs among the live listings. */
  floorPriceAtomic: sumText.nullable(),
  /** What one edition went for in the last purchase, rounded down. */
  lastPriceAtomic: sumText.nullable(),
  liveListings: count,
  /** Purchases: primary sales and resales. */
  sales: count,
  /** What answers brought in all, before it was divided. */
  collectedAtomic: sumText,
  /** What answers and resales brought its creator, also as a parent of other works. */
  royaltiesAtomic: sumText,
})
export type WorkSummary = z.infer<typeof workSummary>

export const worksPage = z.object({
  works: z.array(workSummary),
  nextCursor: z.string().nullable(),
  sort: z.enum(SORTS),
})

export const workDetail = workSummary.extend({
  parents: z.array(parent.extend({ confirmed: z.boolean() })),
  admitted: z.array(address),
  /** Those of them that undertook to serve the work: while one is active, the work does not count as stranded. */
  accepted: z.array(address),
  versions: z.array(z.object({ version: z.number().int(), contentHash: sha256Name })),
  manifest: manifest.nullable(),
})
export type WorkDetail = z.infer<typeof workDetail>

export const listingRow = z.object({
  digest: bytes32,
  listing,
  signature: hexData,
  postedAtSeconds: seconds,
  /** How many of its editions can be bought now: not sold yet, and still held by the seller. */
  leftQuantity: count,
})
export const listingsPage = z.object({ listings: z.array(listingRow) })
export type ListingRow = z.infer<typeof listingRow>

export const offerRow = z.object({
  digest: bytes32,
  offer,
  payment: z.enum(PAYMENTS),
  signature: hexData,
  postedAtSeconds: seconds,
  /** How many of its editions are not delivered yet. Whether the buyer still has the money, the chain says. */
  leftQuantity: count,
})
export const offersPage = z.object({ offers: z.array(offerRow) })
export type OfferRow = z.infer<typeof offerRow>

export const operatorRow = z.object({
  operator: address,
  endpoint: z.string(),
  sessionKey: bytes32,
  paymentKey: address,
  prices,
  bondAtomic: sumText,
  active: z.boolean(),
  freeAtSeconds: seconds.nullable(),
})
export const operatorsPage = z.object({ operators: z.array(operatorRow) })
export type OperatorRow = z.infer<typeof operatorRow>

export const holdingRow = z.object({
  holder: address,
  workId: workIdText,
  editions: count,
  openedCopies: count,
})
export const holdingsPage = z.object({ holdings: z.array(holdingRow), nextCursor: z.string().nullable() })
export type HoldingRow = z.infer<typeof holdingRow>

export const tradeRow = z.object({
  /** `mint`: the primary sale; `sale`: of a listing; `offer`: an offer was accepted. */
  kind: z.enum(['mint', 'sale', 'offer']),
  workId: workIdText,
  seller: address,
  recipient: address,
  quantity: count,
  /** For all its editions. */
  costAtomic: sumText,
  royaltyAtomic: sumText,
  feeAtomic: sumText,
  atSeconds: seconds,
  transaction: bytes32,
})
export const tradesPage = z.object({ trades: z.array(tradeRow), nextCursor: z.string().nullable() })
export type TradeRow = z.infer<typeof tradeRow>

export const blobAnswer = z.object({ sha256: sha256Name, sizeBytes: count, created: z.boolean() })

/** How far the index is after a nudge; `headBlockNumber` is null when the chain did not answer. */
export const nudgeAnswer = z.object({
  blockNumber: z.number().int(),
  headBlockNumber: z.number().int().nullable(),
  reason: z.string().nullable(),
})

/** Where the ledger stands; the same fields as `contracts/addresses.ts`. */
export const ledgerAddresses = z.object({
  chainId: z.number().int().positive(),
  money: address,
  works: address,
  operators: address,
  policy: address,
  admissions: address,
  gate: address,
  keyNetwork: address,
  settlement: address,
  collector: address,
  multicall3: address,
  deployedAtBlock: z.number().int().min(0),
})

/** What a page needs to see the chain by itself: the ledger, and endpoints that anyone may ask. */
export const networkAnswer = z.object({ addresses: ledgerAddresses, rpcUrls: z.array(z.string()) })

/** ERC-1155 metadata, as wallets and marketplaces read it. */
export const tokenMetadata = z.object({
  name: z.string(),
  description: z.string(),
  decimals: z.literal(0),
  external_url: z.string().optional(),
  attributes: z.array(
    z.object({
      trait_type: z.string(),
      value: z.union([z.string(), z.number()]),
      display_type: z.enum(['number', 'date']).optional(),
    }),
  ),
})

/** ERC-7572. */
export const contractMetadata = z.object({
  name: z.string(),
  symbol: z.string(),
  description: z.string(),
  external_link: z.string().optional(),
})

export const edgeHealth = z.object({
  /** `behind`: the chain is ahead or does not answer; `stopped`: it contradicts itself beyond finality, see `reason`. */
  status: z.enum(['ok', 'behind', 'stopped']),
  chainId: z.number().int(),
  indexedBlock: z.number().int(),
  headBlock: z.number().int().nullable(),
  lagBlocks: z.number().int().nullable(),
  indexedAtSeconds: seconds,
  reason: z.string().nullable(),
})
