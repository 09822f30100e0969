/** Listings from the edge, each checked as its buyer would: signature, counter, nonce, holding, expiry and proceeds. */
import { listingsPage } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { edgeOf } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { leftOf, saleOf } from './orders.ts'
import { requestJson } from './transport.ts'

/** How many editions of a listing can be bought now; throws the reason for which the ledger would sell none. */
export async function checkListing(market: Market, { listing, signature }: SignedListing): Promise<number> {
  const { publicClient, addresses } = market
  const { seller, workId } = listing
  const typed = listingTypedData(listing, addresses.chainId, addresses.works)
  const signed = await publicClient.verifyTypedData({ address: seller, signature, ...typed }).catch(error => {
    throw ledgerProblem(error, 'checking a listing')
  })
  if (!signed) throw new Problem('order_signature_invalid', { expected: `a signature of ${seller}` })
  const [left, held, { sellerAtomic }] = await Promise.all([
    leftOf(market, { ...listing, maker: seller }),
    editionsOf(market, { workId, holder: seller }),
    saleOf(market, { workId, priceAtomic: BigInt(listing.priceAtomic) }),
  ])
  if (held === 0n) throw new Problem('listing_not_held', { got: held, expected: 'at least one edition' })
  if (sellerAtomic < BigInt(listing.minProceedsAtomic)) {
    throw new Problem('proceeds_too_low', { got: sellerAtomic, expected: listing.minProceedsAtomic })
  }
  return held < BigInt(left) ? Number(held) : left
}

const STALE = ['order_cancelled', 'order_expired', 'listing_not_held', 'proceeds_too_low'] as const

export type FoundListing = SignedListing & {
  /** How many of its editions can be bought now. */
  leftQuantity: number
}

/** The listings that could be bought now. What went stale is left out; a forged one means that the edge lied. */
export async function findListings(
  market: Market,
  { workId, seller }: { workId?: string; seller?: Hex } = {},
): Promise<FoundListing[]> {
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
        return { listing, signature, leftQuantity: await checkListing(market, row) }
      } catch (error) {
        if (STALE.some(code => isProblem(error, code))) return null
        if (!isProblem(error, 'order_signature_invalid')) throw error
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
