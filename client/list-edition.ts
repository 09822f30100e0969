/** Offering editions for sale: one signature, posted to the edge; nothing moves until someone buys. */
import type { Hex } from '@grimoire/schema/hex'
import { type Listing, listing, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import { z } from 'zod'
import { edgeOf } from './edge.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'
import { chainSeconds, randomBytes32, signing, type Wallet } from './wallet.ts'

const DEFAULT_LISTING_SECONDS = 7 * 24 * 3600

export type ListEdition = {
  wallet: Wallet
  workId: string
  quantity?: number
  /** For the whole listing. */
  priceAtomic: bigint
  /** At most 30 days; a week without it. */
  lastsSeconds?: number
  /** Chosen at random without it, so that two listings never cancel each other. */
  nonce?: bigint
}

/** Signs a listing without posting it: a signed listing is good wherever it is shown. */
export async function signListing(market: Market, options: ListEdition): Promise<SignedListing> {
  const { wallet, workId, quantity = 1, priceAtomic, lastsSeconds = DEFAULT_LISTING_SECONDS } = options
  const seller: Hex = wallet.account.address
  const [held, now] = await Promise.all([
    editionsOf(market, { workId, holder: seller }),
    chainSeconds(market),
  ])
  if (held < BigInt(quantity)) throw new Problem('listing_not_held', { got: held, expected: quantity })
  if (lastsSeconds < 1 || lastsSeconds > LIMITS.maxListingSeconds) {
    throw new Problem('listing_expired', {
      got: lastsSeconds,
      expected: `1 to ${LIMITS.maxListingSeconds} seconds`,
    })
  }
  const value: Listing = listing.parse({
    seller,
    workId,
    quantity,
    priceAtomic: String(priceAtomic),
    nonce: String(options.nonce ?? BigInt(randomBytes32())),
    expiresAtSeconds: now + lastsSeconds,
  })
  const { chainId, works } = market.addresses
  const typed = listingTypedData(value, chainId, works)
  const signature = await signing(wallet.signTypedData({ account: wallet.account, ...typed }))
  return { listing: value, signature }
}

/** Signs and posts. The edge checks signature, holding and expiry again, on the chain. */
export async function listEdition(market: Market, options: ListEdition): Promise<SignedListing> {
  const signed = await signListing(market, options)
  await requestJson(edgeOf(market), '/v1/listings', { method: 'POST', json: signed, schema: z.unknown() })
  return signed
}
