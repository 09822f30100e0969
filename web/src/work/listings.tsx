/** What holders ask for their editions: each listing signed by its seller and checked as its buyer would. */
import { sameAddress } from '@grimoire/schema/hex'
import type { SignedListing } from '@grimoire/schema/listing'
import { useQuery } from '@tanstack/react-query'
import { Person } from '../activity/person.tsx'
import { Asked } from '../design/asked.tsx'
import { Withdraw } from '../library/withdraw.tsx'
import { useSession } from '../wallet/session.ts'
import { moment, money } from '../words/plain.ts'
import { liveListings } from './queries.ts'

type Buy = { buy: (listing: SignedListing) => void }

export function Listings({ workId, buy }: Buy & { workId: string }) {
  return (
    <Asked question={useQuery(liveListings(workId))} waiting="Looking for resales" lines={2}>
      {listings => <List listings={listings} buy={buy} />}
    </Asked>
  )
}

function List({ listings, buy }: Buy & { listings: readonly SignedListing[] }) {
  const session = useSession()
  if (listings.length === 0) return <p>No holder offers an edition now.</p>
  return (
    <ul className="divide-y divide-line border-y border-line">
      {listings.map(signed => {
        const { seller, priceAtomic, expiresAtSeconds, nonce } = signed.listing
        const mine = session !== null && sameAddress(seller, session.address)
        return (
          <li key={`${seller}${nonce}`} className="flex flex-wrap items-center gap-x-5 gap-y-1 py-2">
            <span className="font-book text-xl font-semibold">{money(priceAtomic)}</span>
            <span className="whisper grow">
              by <Person address={seller} />, until {moment(expiresAtSeconds)}
            </span>
            {mine ? (
              <Withdraw nonce={nonce} session={session} what={`your listing at ${money(priceAtomic)}`} />
            ) : (
              <button type="button" className="button" onClick={() => buy(signed)}>
                Buy this one
              </button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
