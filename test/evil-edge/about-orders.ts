/** Lies about what is for sale, who would buy, who holds and who earned. */
import assert from 'node:assert/strict'
import { buyListing } from '@grimoire/client/buy-listing'
import { cancelAllOrders } from '@grimoire/client/cancel-orders'
import { earnings } from '@grimoire/client/earnings'
import { findHoldings } from '@grimoire/client/find-holdings'
import { findListings } from '@grimoire/client/find-listings'
import { findOffers } from '@grimoire/client/find-offers'
import type { HoldingRow, ListingRow, OfferRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { type Listing, listingTypedData } from '@grimoire/schema/listing'
import { type Offer, offerTypedData } from '@grimoire/schema/offer'
import { type Ground, LISTED_ATOMIC } from './ground.ts'
import { caught, harmless, type Lie, named, read, says } from './lie.ts'

type Signer = Ground['holder']
type Listings = { listings: ListingRow[] }
type Offers = { offers: OfferRow[] }
type Holdings = { holdings: HoldingRow[]; nextCursor: string | null }

const listings = (change: (row: ListingRow) => Partial<ListingRow>) =>
  says<Listings>('/v1/listings', page => ({
    listings: page.listings.map(row => ({ ...row, ...change(row) })),
  }))
const offers = (change: (row: OfferRow) => Partial<OfferRow>) =>
  says<Offers>('/v1/offers', page => ({ offers: page.offers.map(row => ({ ...row, ...change(row) })) }))
const holdings = (change: (rows: HoldingRow[]) => HoldingRow[]) =>
  says<Holdings>('/v1/holdings', page => ({ ...page, holdings: change(page.holdings) }))

/** Signed as anyone can who does not ask the client's leave. */
const signed = (
  { account }: Signer,
  { world }: Ground,
  listing: Listing,
  works: Hex = world.addresses.works,
) => account.signTypedData(listingTypedData(listing, world.addresses.chainId, works))

async function ofListings(ground: Ground): Promise<Lie[]> {
  const { works, holder, stranger, listed, cancelled } = ground
  const { workId } = works.tower
  const ended = { ...listed.listing, expiresAtSeconds: Math.floor(Date.now() / 1000) - 3_600 }
  const forged = await signed(stranger, ground, listed.listing)
  const elsewhere = await signed(holder, ground, listed.listing, '0x00000000000000000000000000000000000000ee')
  const expired = { listing: ended, signature: await signed(holder, ground, ended) }
  const notHeld = { ...listed.listing, seller: stranger.account.address }
  const empty = { listing: notHeld, signature: await signed(stranger, ground, notHeld) }
  const find = (market: Ground['market']) => findListings(market, { workId })
  const cheaper = listings(({ listing }) => ({ listing: { ...listing, priceAtomic: '1000000' } }))
  const none = (found: Awaited<ReturnType<typeof find>>) => assert.deepEqual(found, [])
  return [
    caught('a listing at a lower price', cheaper, find, 'edge_lied'),
    caught(
      'a stolen listing, signed by somebody else',
      listings(() => ({ signature: forged })),
      find,
      'edge_lied',
    ),
    caught(
      'a listing that was signed for another ledger',
      listings(() => ({ signature: elsewhere })),
      find,
      'edge_lied',
    ),
    caught(
      'a listing of another work',
      listings(({ listing }) => ({ listing: { ...listing, workId: works.other.workId } })),
      find,
      'edge_lied',
    ),
    caught(
      'a listing altered under a buyer’s hands',
      cheaper,
      async market => {
        const told = await read<Listings>(market, `/v1/listings?workId=${workId}`)
        for (const row of told.listings)
          await buyListing(market, { ...row, wallet: stranger, maxCostAtomic: LISTED_ATOMIC })
      },
      'order_signature_invalid',
    ),
    harmless({
      name: 'a cancelled listing shown live',
      tells: listings(() => cancelled),
      does: find,
      check: none,
    }),
    harmless({
      name: 'an expired listing shown live',
      tells: listings(() => expired),
      does: find,
      check: none,
    }),
    harmless({
      name: 'a listing of editions that its seller has not',
      tells: listings(() => empty),
      does: find,
      check: none,
    }),
    harmless({
      name: 'more editions in a listing than there are',
      tells: listings(() => ({ leftQuantity: 50 })),
      does: find,
      check: found =>
        assert.deepEqual(
          found.map(({ leftQuantity }) => leftQuantity),
          [1],
        ),
    }),
    named({
      name: 'the cheapest listing hidden, and none shown',
      tells: says<Listings>('/v1/listings', () => ({ listings: [] })),
      does: find,
      check: none,
      line: 'something is left out',
    }),
  ]
}

async function ofOffers(ground: Ground): Promise<Lie[]> {
  const { world, works, rogue, offered } = ground
  const { workId } = works.tower
  const { chainId, works: at } = world.addresses
  const poor = await world.person(0n)
  const unfunded: Offer = { ...offered.offer, buyer: poor.account.address, priceAtomic: '90000000' }
  const promise = await poor.account.signTypedData(offerTypedData(unfunded, chainId, at))
  const find = (market: Ground['market']) => findOffers(market, { workId })
  return [
    caught(
      'an offer at a higher price',
      offers(({ offer }) => ({ offer: { ...offer, priceAtomic: '8210000' } })),
      find,
      'edge_lied',
    ),
    caught(
      'an offer in another buyer’s name',
      offers(({ offer }) => ({ offer: { ...offer, buyer: rogue.operator } })),
      find,
      'edge_lied',
    ),
    harmless({
      name: 'an offer without money behind it',
      tells: offers(() => ({ offer: unfunded, payment: 'allowance', signature: promise })),
      does: find,
      check: found => assert.deepEqual(found, []),
    }),
    harmless({
      name: 'a prepared transaction to somebody else',
      tells: says<{ to: Hex }>('/v1/transactions/cancel-all', call => ({ ...call, to: rogue.operator })),
      // The client makes its own calls: what an edge prepares for thin programs it does not ask for.
      async does(market) {
        const body = JSON.stringify({ from: poor.account.address })
        const lied = await read<{ to?: Hex }>(market, '/v1/transactions/cancel-all', {
          ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
        })
        const { hash } = await cancelAllOrders(market, { wallet: poor })
        const sent = await world.publicClient.getTransaction({ hash })
        return { lied: lied.to, sent: sent.to }
      },
      check: ({ lied, sent }) => assert.deepEqual([lied, sent], [rogue.operator, at.toLowerCase()]),
    }),
  ]
}

const ofAccounts = ({ works, creator, holder, rogue }: Ground): Lie[] => {
  const { workId } = works.tower
  const [held, foreign] = [holder.account.address, rogue.operator]
  const invented = { workId, editions: 5, openedCopies: 3 }
  const totals = `/v1/earnings?address=${creator.account.address}`
  return [
    harmless({
      name: 'stale holdings',
      tells: holdings(rows => rows.map(row => ({ ...row, editions: 99 }))),
      does: market => findHoldings(market, { holder: held }),
      check: ({ holdings: found }) => assert.deepEqual(found, [{ workId, editions: 3n, openedCopies: 0n }]),
    }),
    harmless({
      name: 'opened copies that nobody opened',
      tells: holdings(() => [{ ...invented, holder: foreign }]),
      does: market => findHoldings(market, { holder: foreign }),
      check: ({ holdings: found }) => assert.deepEqual(found, []),
    }),
    caught(
      'another’s holdings',
      holdings(() => [{ ...invented, holder: held }]),
      market => findHoldings(market, { holder: foreign }),
      'edge_lied',
    ),
    named({
      name: 'a holding left out',
      tells: holdings(() => []),
      does: market => findHoldings(market, { holder: held }),
      check: ({ holdings: found }) => assert.deepEqual(found, []),
      line: 'something is left out',
    }),
    harmless({
      name: 'earnings that nobody paid',
      tells: says<{ totalAtomic: string }>('/v1/earnings', body => ({ ...body, totalAtomic: '999999999' })),
      async does(market) {
        const told = await read<{ totalAtomic: string }>(market, totals)
        return { told, known: await earnings(market, { account: creator.account.address }) }
      },
      check({ told, known }) {
        assert.equal(told.totalAtomic, '999999999')
        assert.ok(known.totalAtomic > 0n && known.totalAtomic < 100_000_000n)
      },
    }),
  ]
}

export const liesAboutOrders = async (ground: Ground): Promise<Lie[]> => [
  ...(await ofListings(ground)),
  ...(await ofOffers(ground)),
  ...ofAccounts(ground),
]
