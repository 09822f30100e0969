/** What holders ask for their editions: each listing signed by its seller and checked as its buyer would. */
import type { SignedListing } from '@grimoire/schema/listing'
import { useQuery } from '@tanstack/react-query'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { useSession } from '../wallet/session.ts'
import { moment, money, short } from '../words/plain.ts'
import { liveListings } from './queries.ts'

export function Listings({ workId, buy }: { workId: string; buy: (listing: SignedListing) => void }) {
  const listings = useQuery(liveListings(workId))
  const session = useSession()
  if (listings.isPending) return <Waiting label="Looking for resales" lines={2} />
  if (listings.isError)
    return (
      <Refusal error={listings.error}>
        <Again run={() => void listings.refetch()} />
      </Refusal>
    )
  if (listings.data.length === 0) return <p>No holder offers an edition now.</p>
  return (
    <ul className="divide-y divide-line border-y border-line">
      {listings.data.map(signed => {
        const { seller, priceAtomic, expiresAtSeconds, nonce } = signed.listing
        const mine = seller.toLowerCase() === session?.address.toLowerCase()
        return (
          <li key={`${seller}${nonce}`} className="flex flex-wrap items-center gap-x-5 gap-y-1 py-2">
            <span className="font-book text-xl font-semibold">{money(priceAtomic)}</span>
            <span className="whisper grow">
              by {mine ? 'you' : short(seller)}, until {moment(expiresAtSeconds)}
            </span>
            <button type="button" className="button" disabled={mine} onClick={() => buy(signed)}>
              Buy this one
            </button>
          </li>
        )
      })}
    </ul>
  )
}
