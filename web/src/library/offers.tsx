/** What one offers now, each with a way to withdraw it. */
import type { SignedListing } from '@grimoire/schema/listing'
import { useQuery } from '@tanstack/react-query'
import { useDeed } from '../deed/use-deed.ts'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { moment, money } from '../words/plain.ts'
import { toldWork } from '../work/queries.ts'
import { listingsOf } from './queries.ts'

function Offer({ signed, session }: { signed: SignedListing; session: Session }) {
  const { workId, priceAtomic, expiresAtSeconds, nonce } = signed.listing
  const { data: work } = useQuery(toldWork(workId))
  const deed = useDeed<unknown>()
  const { state } = deed
  const withdraw = () =>
    void deed.run(session, (hands, market, wallet) => hands.cancelOrders(market, { wallet, nonces: [nonce] }))
  return (
    <li className="py-2.5">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        <span className="font-book text-xl">{work ? titleOf(work) : 'A work'}</span>
        <span className="whisper grow">
          for {money(priceAtomic)}, until {moment(expiresAtSeconds)}
        </span>
        <button
          type="button"
          className="button"
          disabled={state.stage === 'running' || state.stage === 'done'}
          onClick={withdraw}
        >
          {state.stage === 'running' ? 'Withdrawing…' : 'Withdraw'}
        </button>
      </div>
      {state.stage === 'failed' && <Refusal error={state.error} />}
    </li>
  )
}

export function Offers({ session }: { session: Session }) {
  const listings = useQuery(listingsOf(session.address))
  if (listings.isPending) return <Waiting label="Looking for your offers" lines={2} />
  if (listings.isError)
    return (
      <Refusal error={listings.error}>
        <Again run={() => void listings.refetch()} />
      </Refusal>
    )
  if (listings.data.length === 0) return <p>You offer nothing for sale now.</p>
  return (
    <ul className="divide-y divide-line border-y border-line">
      {listings.data.map(signed => (
        <Offer key={signed.listing.nonce} signed={signed} session={session} />
      ))}
    </ul>
  )
}
