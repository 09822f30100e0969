/** Offering editions for sale: one signature, posted to the edge; nothing moves until someone buys. */
import { listingRow, listingsPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { type Listing, listing, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { askEdge } from './edge.ts'
import { editionsOf } from './ledger-work.ts'
import type { Ledger, Market } from './market.ts'
import { cheapNonce, counterOf, orderEnd, saleOf } from './orders.ts'
import { randomBytes32, signing, type Wallet } from './wallet.ts'

export type ListEdition = {
  wallet: Wallet
  workId: string
  /** How many editions in all; whoever buys may take a part of them. */
  quantity?: number
  /** For one edition. */
  priceAtomic: bigint
  /** The least to receive for one edition. Without it: what today's fee leaves, so that no later fee takes more. */
  minProceedsAtomic?: bigint
  /** At most 30 days; a week without it. */
  lastsSeconds?: number
  /** Chosen without it, so that two listings never cancel each other. */
  nonce?: bigint
}

/** Signs a listing without posting it: a signed listing is good wherever it is shown. */
export async function signListing(ledger: Ledger, options: ListEdition): Promise<SignedListing> {
  const { wallet, workId, quantity = 1, priceAtomic } = options
  const seller: Hex = wallet.account.address
  const [held, sale, counter, expiresAtSeconds] = await Promise.all([
    editionsOf(ledger, { workId, holder: seller }),
    saleOf(ledger, { workId, priceAtomic }),
    counterOf(ledger, seller),
    orderEnd(ledger, options.lastsSeconds),
  ])
  if (held < BigInt(quantity)) throw new Problem('listing_not_held', { got: held, expected: quantity })
  const minProceedsAtomic = options.minProceedsAtomic ?? sale.sellerAtomic
  if (minProceedsAtomic > sale.sellerAtomic) {
    throw new Problem('proceeds_too_low', { got: sale.sellerAtomic, expected: minProceedsAtomic })
  }
  const value: Listing = listing.parse({
    seller,
    workId,
    quantity,
    priceAtomic: String(priceAtomic),
    minProceedsAtomic: String(minProceedsAtomic),
    nonce: String(options.nonce ?? BigInt(randomBytes32())),
    counter: String(counter),
    expiresAtSeconds,
  })
  const { chainId, works } = ledger.addresses
  const typed = listingTypedData(value, chainId, works)
  const signature = await signing(wallet.signTypedData({ account: wallet.account, ...typed }))
  return { listing: value, signature }
}

/** One that is cheap to fill and that none of the seller's listings at the edge has; a lie there costs at most that. */
async function nonceAtEdge(market: Market, seller: Hex): Promise<bigint | null> {
  const { listings } = await askEdge(market, 'GET /v1/listings', { query: { seller }, schema: listingsPage })
  return cheapNonce(market, seller, new Set(listings.map(row => row.listing.nonce)))
}

/** Signs and posts. The edge checks what the ledger will check, on the chain. */
export async function listEdition(market: Market, options: ListEdition): Promise<SignedListing> {
  const nonce = options.nonce ?? (await nonceAtEdge(market, options.wallet.account.address))
  const signed = await signListing(market, nonce === null ? options : { ...options, nonce })
  await askEdge(market, 'POST /v1/listings', { body: signed, schema: listingRow })
  return signed
}
