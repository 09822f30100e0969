/** Listings from the edge, each checked as its buyer would: signature, nonce, holding and expiry, on the chain. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { listingsPage } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import { edgeOf } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'
import { chainSeconds } from './wallet.ts'

/** Throws the reason for which the ledger would refuse this listing now. */
export async function checkListing(market: Market, { listing, signature }: SignedListing): Promise<void> {
  const { publicClient, addresses } = market
  const { seller, workId, quantity } = listing
  const nonce = BigInt(listing.nonce)
  const [signed, word, held, now] = await Promise.all([
    publicClient.verifyTypedData({
      address: seller,
      signature,
      ...listingTypedData(listing, addresses.chainId, addresses.works),
    }),
    publicClient.readContract({
      address: addresses.works,
      abi: worksAbi,
      functionName: 'nonceWord',
      args: [seller, nonce >> 8n],
    }),
    editionsOf(market, { workId, holder: seller }),
    chainSeconds(market),
  ]).catch(error => {
    throw ledgerProblem(error, 'checking a listing')
  })
  if (!signed) throw new Problem('listing_signature_invalid', { expected: `a signature of ${seller}` })
  if ((word >> (nonce & 255n)) & 1n) throw new Problem('listing_cancelled', { got: `nonce ${nonce}` })
  if (listing.expiresAtSeconds < now || listing.expiresAtSeconds > now + LIMITS.maxListingSeconds) {
    throw new Problem('listing_expired', { got: listing.expiresAtSeconds, expected: `after ${now}` })
  }
  if (held < BigInt(quantity)) throw new Problem('listing_not_held', { got: held, expected: quantity })
}

const STALE = ['listing_cancelled', 'listing_expired', 'listing_not_held'] as const

/** The listings that could be bought now. What went stale is left out; a forged one means that the edge lied. */
export async function findListings(
  market: Market,
  { workId, seller }: { workId?: string; seller?: Hex } = {},
): Promise<SignedListing[]> {
  const parameters = new URLSearchParams()
  if (workId) parameters.set('workId', workId)
  if (seller) parameters.set('seller', seller)
  const { listings } = await requestJson(edgeOf(market), `/v1/listings?${parameters}`, {
    schema: listingsPage,
  })
  const checked = await Promise.all(
    listings.map(async row => {
      const { listing, signature } = row
      if ((workId && listing.workId !== workId) || (seller && !sameAddress(listing.seller, seller))) {
        throw new Problem('edge_lied', { got: listing, expected: { workId, seller } })
      }
      try {
        await checkListing(market, row)
        return { listing, signature }
      } catch (error) {
        if (STALE.some(code => isProblem(error, code))) return null
        if (!isProblem(error, 'listing_signature_invalid')) throw error
        throw new Problem('edge_lied', {
          got: listing,
          expected: 'a listing signed by its seller',
          cause: error,
        })
      }
    }),
  )
  return checked.filter(row => row !== null)
}
