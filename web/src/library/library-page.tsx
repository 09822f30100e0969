/** The library: what one holds, by the chain's count, and what one can do with it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Unfinished } from '../deed/unfinished.tsx'
import { Asked } from '../design/asked.tsx'
import { Cover } from '../design/cover.tsx'
import { Chapter } from '../design/sheet.tsx'
import { Notice } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { titleOf } from '../market/shelf.tsx'
import { askForWallet } from '../wallet/asking.ts'
import { useSession } from '../wallet/session.ts'
import { plural } from '../words/plain.ts'
import { type Doing, HoldingDeeds, HoldingDialog } from './holding-deeds.tsx'
import { OwnOrders } from './own-orders.tsx'
import { type Held, holdingsOf } from './queries.ts'

function what({ editions, openedCopies }: Held): string {
  const parts = [
    ...(editions > 0n ? [plural(Number(editions), 'edition')] : []),
    ...(openedCopies > 0n ? [plural(Number(openedCopies), 'opened copy', 'opened copies')] : []),
  ]
  return parts.join(' and ')
}

function Holding({ held, act }: { held: Held; act: (doing: Doing) => void }) {
  const { work, workId } = held
  const title = titleOf(work)
  return (
    <li className="flex gap-5 border-t border-line py-5 sm:gap-8">
      <div className="w-20 shrink-0 sm:w-28" aria-hidden="true">
        <Cover workId={workId} kind={work.terms.kind} title={title} />
      </div>
      <div className="min-w-0 grow">
        <h2 className="text-2xl sm:text-3xl">
          <Link to="/works/$workId" params={{ workId }} className="no-underline hover:text-rubric">
            {title}
          </Link>
        </h2>
        <p className="text-faded">{what(held)}</p>
        <p className="mt-3 flex flex-wrap gap-2">
          <Link to="/chat/$workId" params={{ workId }} className="button chief">
            {work.terms.kind === 'chatbot' ? 'Chat' : 'Use it'}
            <span className="unseen"> with {title}</span>
          </Link>
          <button type="button" className="button" onClick={() => act({ what: 'everywhere', held })}>
            Use it everywhere<span className="unseen"> ({title})</span>
          </button>
          <HoldingDeeds held={held} act={act} />
        </p>
      </div>
    </li>
  )
}

function Holdings({ holdings, act }: { holdings: readonly Held[]; act: (doing: Doing) => void }) {
  if (holdings.length === 0)
    return (
      <Notice title="You hold nothing yet">
        <p>What you buy stands here from the next block on.</p>
        <Link to="/" className="button">
          To the market
        </Link>
      </Notice>
    )
  return (
    <ul>
      {holdings.map(held => (
        <Holding key={held.workId} held={held} act={act} />
      ))}
    </ul>
  )
}

export function LibraryPage() {
  const session = useSession()
  const holdings = useQuery(holdingsOf(session?.address ?? null))
  const [doing, setDoing] = useState<Doing | null>(null)
  useTitle('Your library')
  if (!session)
    return (
      <Notice title="Whose library?">
        <p>What one holds is known by its wallet. Choose one, and the chain says the rest.</p>
        <button type="button" className="button chief" onClick={() => void askForWallet()}>
          Choose a wallet
        </button>
      </Notice>
    )
  const close = () => setDoing(null)
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>Your library</h1>
      <Unfinished />
      <div className="mt-8">
        <Asked question={holdings} waiting="Asking the chain what you hold" lines={5}>
          {held => <Holdings holdings={held} act={setDoing} />}
        </Asked>
      </div>
      <Chapter title="Your orders">
        <OwnOrders session={session} />
      </Chapter>
      {doing && <HoldingDialog doing={doing} session={session} close={close} />}
    </div>
  )
}
