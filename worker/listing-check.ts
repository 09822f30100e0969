/** Would the ledger take this listing now? Asked of the chain itself, never of the index. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { BPS_PER_WHOLE, shareOf } from '@grimoire/schema/amounts'
import { type Listing, listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import { type Hex, hashTypedData, zeroAddress } from 'viem'
import { asking, type Chain, chainOf } from './chain.ts'
import type { Settings } from './env.ts'
import { checkExpiry, checkPrice, leftOf, signedBy } from './order-check.ts'

export type CheckedListing = {
  digest: Hex
  nowSeconds: number
  /** How many of its editions could be bought now. */
  leftQuantity: number
  /** The highest fee at which the seller still receives what the listing asks. */
  maxFeeBps: number
}

export async function checkListing(settings: Settings, signed: SignedListing): Promise<CheckedListing> {
  const { listing, signature } = signed
  const { chainId, works } = settings.ADDRESSES
  const order = { ...listing, name: 'listing', maker: listing.seller }
  checkRange(listing)
  checkPrice(order)
  const chain = chainOf(settings)
  const nowSeconds = Number((await asking(chain.getBlock())).timestamp)
  checkExpiry(order, nowSeconds)
  const digest = hashTypedData(listingTypedData(listing, chainId, works))
  const valid = await signedBy(chain, listing.seller, digest, signature)
  if (!valid) {
    throw new Problem('order_signature_invalid', {
      got: `a signature that ${listing.seller} did not make`,
      expected: `EIP-712 "Grimoire Works" of chain ${chainId} and ${works}`,
    })
  }
  const { held, maxFeeBps } = await checkSale(chain, settings, listing)
  const left = await leftOf(chain, settings, order)
  return { digest, nowSeconds, leftQuantity: Math.min(left, held), maxFeeBps }
}

function checkRange({ minProceedsAtomic, priceAtomic }: Listing): void {
  if (BigInt(minProceedsAtomic) <= BigInt(priceAtomic)) return
  throw new Problem('request_invalid', {
    param: 'listing.minProceedsAtomic',
    got: minProceedsAtomic,
    expected: 'at most the price',
  })
}

/** The seller holds at least one edition, and receives what the listing asks at the fee that holds for the work. */
async function checkSale(chain: Chain, { ADDRESSES }: Settings, listing: Listing) {
  const ledger = { address: ADDRESSES.works, abi: worksAbi } as const
  const { seller, quantity, minProceedsAtomic } = listing
  const workId = BigInt(listing.workId)
  const [work, held, feeBps] = await asking(
    Promise.all([
      chain.readContract({ ...ledger, functionName: 'work', args: [workId] }),
      chain.readContract({ ...ledger, functionName: 'balanceOf', args: [seller, workId] }),
      chain.readContract({ ...ledger, functionName: 'feeBpsOf', args: [workId] }),
    ]),
  )
  if (work.creator === zeroAddress) throw new Problem('work_unknown', { got: listing.workId })
  if (held === 0n) {
    const expected = 'editions that the seller holds: there are none'
    throw new Problem('listing_not_held', { param: 'listing.quantity', got: `${quantity} offered`, expected })
  }
  const maxFeeBps = highestFee(listing, work.terms.resaleRoyaltyBps)
  if (feeBps > maxFeeBps) {
    const expected = `at most what a fee of ${feeBps} bps and the royalty leave`
    const param = 'listing.minProceedsAtomic'
    throw new Problem('proceeds_too_low', { param, got: minProceedsAtomic, expected })
  }
  return { held: Number(held), maxFeeBps }
}

/** The largest fee whose share of the price, rounded down, leaves the least that the seller asks; negative if none. */
function highestFee(listing: Listing, resaleRoyaltyBps: number): number {
  const price = BigInt(listing.priceAtomic)
  const spare = price - shareOf(price, resaleRoyaltyBps) - BigInt(listing.minProceedsAtomic)
  if (spare < 0n) return -1
  if (price === 0n) return LIMITS.maxProtocolFeeBps
  const highest = ((spare + 1n) * BPS_PER_WHOLE - 1n) / price
  return highest > LIMITS.maxProtocolFeeBps ? LIMITS.maxProtocolFeeBps : Number(highest)
}
