/** One holder: what they hold by the chain's count, what they paid and were paid, and what they did. */

import { type HolderAnswer, holderAnswer } from '@grimoire/schema/activity'
import type { Hex } from '@grimoire/schema/hex'
import { creatorAnswer } from '@grimoire/schema/work-pages'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Activity } from '../activity/activity.tsx'
import { hands } from '../chain/hands.ts'
import { ProfileWords, profileOf } from '../creator/profile.tsx'
import { Asked } from '../design/asked.tsx'
import { Figures } from '../design/figures.tsx'
import { Chapter } from '../design/sheet.tsx'
import { Notice } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { useTitle } from '../frame/title.ts'
import { EmptyShelf, Shelf } from '../market/shelf.tsx'
import { useSession } from '../wallet/session.ts'
import { count, day, money, plain, plural, short } from '../words/plain.ts'
import { tellWork } from '../work/queries.ts'

/** Each book is one question to the edge and two to the chain. */
const SHOWN = 24

const holderOf = (holder: string) =>
  queryOptions({
    queryKey: ['holder', holder],
    queryFn: async ({ signal }) => {
      const path = encodeURIComponent(holder)
      const [sums, made] = await Promise.all([
        ask(`/v1/holders/${path}`, { read: body => holderAnswer.parse(body), signal }),
        ask(`/v1/creators/${path}`, { read: body => creatorAnswer.parse(body), signal }),
      ])
      return { ...sums, made: made.works }
    },
  })

/** Counted by the chain; the edge says where to look. */
const heldBy = (holder: Hex) =>
  queryOptions({
    queryKey: ['holder', holder, 'held'],
    queryFn: async () => {
      const { market, reading } = await hands()
      const { holdings } = await reading.findHoldings(market, { holder, limit: SHOWN })
      return Promise.all(holdings.map(({ workId }) => tellWork(workId)))
    },
  })

function Sums({ sums }: { sums: HolderAnswer }) {
  const { works, editions, openedCopies, purchases, spentAtomic, resales, soldAtomic, listings, offers } =
    sums
  const facts: [string, string][] = [
    [works === 1 ? 'work held' : 'works held', count(works)],
    [`and ${plural(openedCopies, 'opened copy', 'opened copies')}`, plural(editions, 'edition')],
    [`paid in ${plural(purchases, 'purchase')}`, money(spentAtomic)],
    [`came in by ${plural(resales, 'resale')}`, money(soldAtomic)],
    ['for sale now', plural(listings, 'listing')],
    ['standing now', plural(offers, 'offer')],
  ]
  return <Figures facts={facts} className="grid-cols-2 gap-x-8 sm:grid-cols-3 lg:grid-cols-6" />
}

function Known({ sums, made }: { sums: HolderAnswer; made: number }) {
  const holder = sums.holder
  const held = useQuery(heldBy(holder))
  return (
    <>
      <Sums sums={sums} />
      <p className="whisper mt-5">
        Since {day(sums.firstSeenAtSeconds ?? 0)}, as this edge counts.{' '}
        {made > 0 && (
          <Link to="/creators/$creator" params={{ creator: holder }} className="text-rubric">
            {plural(made, 'work')} made by this account
          </Link>
        )}
      </p>
      <Chapter title="Held now">
        <Asked question={held} waiting={{ shown: <EmptyShelf /> }}>
          {works => (works.length === 0 ? <p>Nothing any more.</p> : <Shelf works={works} />)}
        </Asked>
        {sums.works > SHOWN && (
          <p className="whisper mt-4">
            {SHOWN} of {count(sums.works)} are shown.
          </p>
        )}
      </Chapter>
      <Chapter title="What happened">
        <Activity subject={{ holder }} nothing="Nothing yet." />
      </Chapter>
    </>
  )
}

function Nobody({ made, holder }: { made: number; holder: string }) {
  return (
    <Notice title="Nothing was ever held here">
      <p>No edition on this market came to this account.</p>
      {made > 0 && (
        <Link to="/creators/$creator" params={{ creator: holder }} className="button">
          See the {plural(made, 'work')} that it made
        </Link>
      )}
    </Notice>
  )
}

export function HolderPage() {
  const { address } = useParams({ from: '/holders/$address' })
  const session = useSession()
  const { data: profile } = useQuery(profileOf(address))
  const name = plain(profile?.name ?? '').trim() || short(plain(address))
  const own = session?.address.toLowerCase() === address.toLowerCase()
  useTitle(`What ${name} holds`)
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>{own ? 'What others see of you' : `What ${name} holds`}</h1>
      <p className="whisper mt-2 mb-6">
        <code className="break-all">{plain(address).slice(0, 60)}</code>
      </p>
      <ProfileWords wallet={address} />
      <Asked question={useQuery(holderOf(address))} waiting="Asking what this account holds" lines={4}>
        {({ made, ...sums }) =>
          sums.firstSeenAtSeconds === null ? (
            <Nobody made={made} holder={sums.holder} />
          ) : (
            <Known sums={sums} made={made} />
          )
        }
      </Asked>
    </div>
  )
}
