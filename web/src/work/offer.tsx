/** The price and the button: ready once the chain has confirmed what the edge said, and silent where it did not. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import type { UseQueryResult } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Again, Refusal } from '../design/states.tsx'
import { type Doing, HoldingDeeds, HoldingDialog } from '../library/holding-deeds.tsx'
import { type Held, holdingOf } from '../library/queries.ts'
import { useSession } from '../wallet/session.ts'
import { count, money } from '../words/plain.ts'
import { MakeOffer } from './offers.tsx'
import type { CheckedWork } from './queries.ts'

function Yours({ workId }: { workId: string }) {
  const session = useSession()
  const { data: holding } = useQuery(holdingOf(session?.address ?? null, workId))
  const [doing, setDoing] = useState<Doing | null>(null)
  if (!session) return null
  return (
    <>
      {holding && <Holding held={holding} act={setDoing} />}
      {/* Beside it: who gave their only edition away holds none, and still reads what came of it. */}
      {doing && <HoldingDialog doing={doing} session={session} close={() => setDoing(null)} />}
    </>
  )
}

function Holding({ held, act }: { held: Held; act: (doing: Doing) => void }) {
  const { workId, editions, openedCopies } = held
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-4">
      <span className="w-full">
        You hold {count(editions)} {editions === 1n ? 'edition' : 'editions'}
        {openedCopies > 0n ? ` and ${count(openedCopies)} opened` : ''}.
      </span>
      <Link to="/chat/$workId" params={{ workId }} className="button">
        Use it
      </Link>
      <HoldingDeeds held={held} act={act} />
      <Link to="/library" className="button">
        Your library
      </Link>
    </div>
  )
}

function Checked({ checked }: { checked: UseQueryResult<CheckedWork> }) {
  if (checked.isError)
    return (
      <div className="mt-4">
        <Refusal error={checked.error}>
          <Again run={() => void checked.refetch()} label="Check again" />
        </Refusal>
      </div>
    )
  return (
    <p role="status" className="whisper mt-3">
      {checked.data
        ? '✓ This page has held price, terms and description against the chain.'
        : 'Holding price, terms and description against the chain…'}
    </p>
  )
}

export function Offer(props: { told: WorkDetail; checked: UseQueryResult<CheckedWork>; buy: () => void }) {
  const { told, checked, buy } = props
  const { terms, minted, liveListings, floorPriceAtomic } = checked.data ? { ...told, ...checked.data } : told
  const left = terms.editionCap - minted
  return (
    <div className="mt-8 border border-line bg-leaf p-5">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <p className="grow">
          <span className="font-book text-4xl font-semibold">{money(terms.priceAtomic)}</span>{' '}
          <span className="text-faded">
            {left > 0
              ? `${count(left)} of ${count(terms.editionCap)} editions left`
              : 'every edition is sold'}
          </span>
        </p>
        {left > 0 ? (
          <button type="button" className="button chief" disabled={!checked.data} onClick={buy}>
            Buy an edition
          </button>
        ) : (
          <p className="font-bold">
            {liveListings > 0 && floorPriceAtomic
              ? `Holders sell from ${money(floorPriceAtomic)}, below.`
              : 'Look below for one from a holder.'}
          </p>
        )}
        <MakeOffer work={checked.data} />
      </div>
      <Checked checked={checked} />
      <Yours workId={told.workId} />
    </div>
  )
}
