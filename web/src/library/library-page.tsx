/** The library: what one holds, by the chain's count, and what one can do with it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Cover } from '../design/cover.tsx'
import { Chapter } from '../design/sheet.tsx'
import { Again, Notice, Refusal, Waiting } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { titleOf } from '../market/shelf.tsx'
import { askForWallet } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { plural } from '../words/plain.ts'
import { Offers } from './offers.tsx'
import { type Held, holdingsOf } from './queries.ts'
import { ReadDialog } from './read-dialog.tsx'
import { SellDialog } from './sell-dialog.tsx'

type Doing = { what: 'sell' | 'read'; held: Held }

function what({ editions, openedCopies }: Held): string {
  const parts = [
    ...(editions > 0n ? [plural(Number(editions), 'edition')] : []),
    ...(openedCopies > 0n ? [plural(Number(openedCopies), 'opened copy', 'opened copies')] : []),
  ]
  return parts.join(' and ')
}

function Holding({ held, act }: { held: Held; act: (doing: Doing) => void }) {
  const { work, workId, editions, openedCopies } = held
  const title = titleOf(work)
  const openable = work.terms.disclosure === 'openable'
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
          {editions > 0n && (
            <button type="button" className="button" onClick={() => act({ what: 'sell', held })}>
              Sell<span className="unseen"> {title}</span>
            </button>
          )}
          {openedCopies > 0n ? (
            <button type="button" className="button" onClick={() => act({ what: 'read', held })}>
              Read<span className="unseen"> {title}</span>
            </button>
          ) : (
            openable && (
              <button type="button" className="button" onClick={() => act({ what: 'read', held })}>
                Open a copy<span className="unseen"> of {title}</span>
              </button>
            )
          )}
        </p>
      </div>
    </li>
  )
}

function Holdings({ session, act }: { session: Session; act: (doing: Doing) => void }) {
  const holdings = useQuery(holdingsOf(session.address))
  if (holdings.isPending) return <Waiting label="Asking the chain what you hold" lines={5} />
  if (holdings.isError)
    return (
      <Refusal error={holdings.error}>
        <Again run={() => void holdings.refetch()} />
      </Refusal>
    )
  if (holdings.data.length === 0)
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
      {holdings.data.map(held => (
        <Holding key={held.workId} held={held} act={act} />
      ))}
    </ul>
  )
}

export function LibraryPage() {
  const session = useSession()
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
      <div className="mt-8">
        <Holdings session={session} act={setDoing} />
      </div>
      <Chapter title="What you offer">
        <Offers session={session} />
      </Chapter>
      {doing?.what === 'sell' && <SellDialog held={doing.held} session={session} close={close} />}
      {doing?.what === 'read' && <ReadDialog held={doing.held} session={session} close={close} />}
    </div>
  )
}
