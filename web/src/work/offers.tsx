/** What others offer for an edition, the best first, each checked as its seller would; and making an offer of one's own. */
import type { FoundOffer } from '@grimoire/client/find-offers'
import { sameAddress } from '@grimoire/schema/hex'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Person } from '../activity/person.tsx'
import { Asked } from '../design/asked.tsx'
import { holdingOf } from '../library/queries.ts'
import { Withdraw } from '../library/withdraw.tsx'
import { requireSession } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { moment, money, plural } from '../words/plain.ts'
import { AcceptDialog, sellable } from './accept-dialog.tsx'
import { OfferDialog } from './offer-dialog.tsx'
import { type CheckedWork, standingOffers } from './queries.ts'

/** Ready once the chain has confirmed what is offered for. */
export function MakeOffer({ work }: { work: CheckedWork | undefined }) {
  const [offering, setOffering] = useState<Session | null>(null)
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={!work}
        onClick={() => void requireSession().then(setOffering)}
      >
        Make an offer
      </button>
      {offering && work && <OfferDialog work={work} session={offering} close={() => setOffering(null)} />}
    </>
  )
}

type Row = { found: FoundOffer; session: Session | null; held: number; accept: () => void }

function Deed({ found, session, held, accept }: Row) {
  const { buyer, nonce, priceAtomic } = found.offer
  if (session && sameAddress(buyer, session.address))
    return <Withdraw nonce={nonce} session={session} what={`your offer of ${money(priceAtomic)}`} />
  if (held === 0) return null
  if (sellable(found, held) === 0) return <span className="whisper">You hold {held} of them.</span>
  return (
    <button type="button" className="button" onClick={accept}>
      Accept<span className="unseen"> the offer of {money(priceAtomic)}</span>
    </button>
  )
}

type FoundProps = {
  offers: readonly FoundOffer[]
  session: Session | null
  held: number
  accept: (found: FoundOffer) => void
}

function Found({ offers, session, held, accept }: FoundProps) {
  if (offers.length === 0) return <p className="mb-4">Nobody offers for it now.</p>
  return (
    <ul className="mb-4 divide-y divide-line border-y border-line">
      {offers.map(found => {
        const { buyer, quantity, priceAtomic, expiresAtSeconds, nonce } = found.offer
        return (
          <li key={`${buyer}${nonce}`} className="flex flex-wrap items-center gap-x-5 gap-y-1 py-2">
            <span className="font-book text-xl font-semibold">{money(priceAtomic)}</span>
            <span className="whisper grow">
              {quantity > 1 ? `each for ${plural(quantity, 'edition')}, ` : ''}by <Person address={buyer} />,
              until {moment(expiresAtSeconds)}
            </span>
            <Deed found={found} session={session} held={held} accept={() => accept(found)} />
          </li>
        )
      })}
    </ul>
  )
}

export function Offers({ workId, work }: { workId: string; work: CheckedWork | undefined }) {
  const session = useSession()
  const { data: holding } = useQuery(holdingOf(session?.address ?? null, workId))
  const [taking, setTaking] = useState<FoundOffer | null>(null)
  const held = Number(holding?.editions ?? 0n)
  return (
    <>
      <Asked question={useQuery(standingOffers(workId))} waiting="Looking for offers" lines={2}>
        {offers => <Found {...{ offers, session, held, accept: setTaking }} />}
      </Asked>
      <MakeOffer work={work} />
      {/* Beside the list: what was accepted is in it no more, and its seller still reads what came of it. */}
      {taking && work && session && (
        <AcceptDialog {...{ work, held, session, found: taking, close: () => setTaking(null) }} />
      )}
    </>
  )
}
