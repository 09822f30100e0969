/** The JSON shapes of the edge's answers: works, listings, operators. Whoever reads them can check each on the chain. */
import { z } from 'zod'
import { sumText } from './amounts.ts'
import { address, bytes32, count, hexData, seconds, sha256Name, workIdText } from './hex.ts'
import { listing } from './listing.ts'
import { manifest } from './manifest.ts'
import { hiddenWork } from './moderation.ts'
import { offer, PAYMENTS } from './offer.ts'
import { pageQuery } from './page.ts'
import { prices } from './price.ts'
import { DISCLOSURES, KINDS, parent, terms } from './work.ts'

/**
 * `new` is the newest first, `price` the cheapest first, `sales` the most often bought first. `served` is by what answers
 * brought in: the chain tells no number of answers, only their money. `trending` is by purchases and payments of late: each
 * counts half as much after three days. Works without any follow by age.
 */
export const SORTS = ['new', 'price', 'sales', 'served', 'trending'] as const
/** How a page is ordered in truth: `relevance` for words that few works have, `recency` for age. */
export const ORDERS = ['recency', 'price', 'sales', 'served', 'trending', 'relevance'] as const

const priceParameter = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 48 - 1)
  .optional()

/** Every condition narrows further. A search without `sort` is by relevance where its words are rare enough. */
export const worksQuery = z.object({
  q: z.string().max(200).optional(),
  kind: z.enum(KINDS).optional(),
  disclosure: z.enum(DISCLOSURES).optional(),
  creator: address.optional(),
  /** The base model, by the sha256 of its weights or by its name. */
  base: z.string().min(1).max(120).optional(),
  /** Without a region: `en` finds `en-GB` too. */
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/, 'expected a language of two or three letters')
    .optional(),
  licence: z.string().min(1).max(80).optional(),
  /** One tag, or several with commas between: works that have them all. */
  tags: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,31}(,[a-z0-9][a-z0-9-]{0,31}){0,3}$/,
      'expected one to four tags with commas between',
    )
    .optional(),
  adapter: z.enum(['yes', 'no']).optional(),
  minPriceAtomic: priceParameter,
  maxPriceAtomic: priceParameter,
  sort: z.enum(SORTS).optional(),
  ...pageQuery.shape,
})
export type WorksQuery = z.infer<typeof worksQuery>

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
  /** How many operators proved that they open its latest version; where none did, the work is unproven. */
  openings: count,
})
export type WorkSummary = z.infer<typeof workSummary>

export const worksPage = z.object({
  works: z.array(workSummary),
  nextCursor: z.string().nullable(),
  /** What was asked for; `order` is what was done. */
  sort: z.enum(SORTS),
  order: z.enum(ORDERS),
  /** The page may hold fewer works than asked for, or none, though more exist: `nextCursor` looks further. */
  bounded: z.boolean(),
  /** Words that no work has, and what was looked for instead. */
  corrected: z.array(z.object({ from: z.string(), to: z.string() })),
})

export const workDetail = workSummary.extend({
  parents: z.array(parent.extend({ confirmed: z.boolean() })),
  admitted: z.array(address),
  /** Those of them that undertook to serve the work: while one is active, the work does not count as stranded. */
  accepted: z.array(address),
  versions: z.array(z.object({ version: z.number().int(), contentHash: sha256Name })),
  manifest: manifest.nullable(),
  /** Not null: moderators of this edge took it out of its lists. Holding, trading and chatting go on. */
  hidden: hiddenWork.nullable().default(null),
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
  /** How many of its editions are not delivered yet. The buyer could pay for one at the last indexed block; the chain says whether that still holds. */
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
/** What a client needs of `GET /v1/operators`; what was measured is in `directory.ts`. */
export const operatorsPage = z.object({
  operators: z.array(operatorRow),
  nextCursor: z.string().nullable().default(null),
})
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
  /** The share card. */
  image: z.string(),
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
  image: z.string(),
  external_link: z.string(),
  collaborators: z.array(address),
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
  /** The endpoints of the chain that the last run did without, each with the reason. */
  passedOver: z.array(z.string()).optional(),
})
