/** One work in full: shown at once as the edge tells it, and offered for sale once the chain has confirmed each word. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import type { SignedListing } from '@grimoire/schema/listing'
import { isProblem } from '@grimoire/schema/problem'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Activity } from '../activity/activity.tsx'
import { BuyDialog } from '../deed/buy-dialog.tsx'
import { Unfinished } from '../deed/unfinished.tsx'
import { Asked } from '../design/asked.tsx'
import { Cover } from '../design/cover.tsx'
import { Shares } from '../design/shares.tsx'
import { Chapter } from '../design/sheet.tsx'
import { Notice, Waiting } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { titleOf } from '../market/shelf.tsx'
import { requireSession } from '../wallet/asking.ts'
import type { Session } from '../wallet/session.ts'
import { short } from '../words/plain.ts'
import { Prose } from '../words/prose.tsx'
import { Facts, Versions } from './facts.tsx'
import { Hidden } from './hidden.tsx'
import { Lineage } from './lineage.tsx'
import { Listings } from './listings.tsx'
import { Offer } from './offer.tsx'
import { Offers } from './offers.tsx'
import { Operators } from './operators.tsx'
import { Owners } from './owners.tsx'
import { Proven, Samples } from './proven.tsx'
import { type CheckedWork, checkedWork, toldWork } from './queries.ts'
import { Share } from './share.tsx'
import { sharesOfAnswer, sharesOfFirstSale } from './shares-of.ts'
import { TermsInWords } from './terms.tsx'
import { Trades } from './trades.tsx'

/** What an answer of some length costs at the work's own ceilings is only an example; its division is not. */
const EXAMPLE_ATOMIC = 10_000n

function Money({ workId }: { workId: string }) {
  const { data: work } = useQuery(checkedWork(workId))
  // A refusal is said where the work is offered.
  if (!work) return <Waiting label="The division of the money is on its way" />
  return (
    <div className="grid gap-8 md:grid-cols-2">
      <Shares title="Of a first sale" shares={sharesOfFirstSale(work, BigInt(work.terms.priceAtomic))} />
      <Shares title="Of a cent that you pay for answers" shares={sharesOfAnswer(work, EXAMPLE_ATOMIC)} />
    </div>
  )
}

function Leaves(props: {
  work: WorkDetail
  checked: CheckedWork | undefined
  buy: (listing?: SignedListing) => void
}) {
  const { work, checked, buy } = props
  const { workId, terms, minted } = work
  return (
    <>
      <Chapter title="What you get">
        <TermsInWords terms={terms} minted={minted} />
      </Chapter>
      <Samples work={work} />
      <Chapter title="Who gets what">
        <Money workId={workId} />
      </Chapter>
      <Chapter title="Who serves it">
        <Operators workId={workId} terms={terms} />
      </Chapter>
      <Chapter title="From other holders">
        <Listings workId={workId} buy={buy} />
      </Chapter>
      <Chapter title="What others offer for it">
        <Offers workId={workId} work={checked} />
      </Chapter>
      <Chapter title="What it is made of">
        <Facts work={work} />
        <Lineage work={work} />
        <Versions work={work} />
      </Chapter>
      <Chapter title="What was paid for it">
        <Trades workId={workId} />
      </Chapter>
      <Chapter title="Who holds it">
        <Owners workId={workId} />
      </Chapter>
      <Chapter title="What happened to it">
        <Activity subject={{ workId }} nothing="Nothing yet." />
      </Chapter>
    </>
  )
}

function Whole({ work }: { work: WorkDetail }) {
  const { workId, terms, creator } = work
  const checked = useQuery(checkedWork(workId))
  const [buying, setBuying] = useState<{ session: Session; listing?: SignedListing } | null>(null)
  const buy = async (listing?: SignedListing) => {
    const session = await requireSession()
    if (session) setBuying({ session, ...(listing ? { listing } : {}) })
  }
  return (
    <article className="width grid gap-x-14 gap-y-8 pt-6 md:grid-cols-[minmax(12rem,19rem)_1fr] md:pt-12">
      <div className="mx-auto w-full max-w-48 sm:max-w-72 md:sticky md:top-6 md:max-w-none md:self-start">
        <div aria-hidden="true">
          <Cover workId={workId} kind={terms.kind} title={titleOf(work)} />
        </div>
        <Share workId={workId} />
      </div>
      <div className="min-w-0">
        <h1>{titleOf(work)}</h1>
        <p className="mt-2 text-faded">
          {terms.disclosure === 'openable' ? 'An openable' : 'A sealed'} {terms.kind} by{' '}
          <Link to="/creators/$creator" params={{ creator }} className="text-rubric">
            {short(creator)}
          </Link>
        </p>
        {work.hidden && <Hidden hidden={work.hidden} />}
        <Proven work={work} />
        <div className="mt-6">
          {work.summary ? (
            <Prose text={work.summary} className="opening" />
          ) : (
            <p>Its public description has not reached this edge yet; the chain knows it only by its hash.</p>
          )}
        </div>
        {!buying && <Unfinished workId={workId} />}
        <Offer told={work} checked={checked} buy={() => void buy()} />
        <Leaves work={work} checked={checked.data} buy={listing => void buy(listing)} />
      </div>
      {buying && checked.data && <BuyDialog {...buying} work={checked.data} close={() => setBuying(null)} />}
    </article>
  )
}

function EmptyLeaf() {
  return (
    <div className="width grid gap-14 pt-12 md:grid-cols-[minmax(12rem,19rem)_1fr]">
      <div className="waiting mx-auto aspect-[300/420] w-full max-w-72" />
      <Waiting label="The work is on its way" lines={6} />
    </div>
  )
}

export function WorkPage() {
  const { workId } = useParams({ from: '/works/$workId' })
  const told = useQuery(toldWork(workId))
  useTitle(told.data ? titleOf(told.data) : 'A work')
  if (told.isError && isProblem(told.error, 'work_unknown'))
    return (
      <Notice title="No such work">
        <p>The ledger has no work of this number, or this edge has not read of it yet.</p>
        <Link to="/" className="button">
          To the market
        </Link>
      </Notice>
    )
  return (
    <Asked question={told} waiting={{ shown: <EmptyLeaf /> }} className="narrow py-14">
      {work => <Whole work={work} />}
    </Asked>
  )
}
