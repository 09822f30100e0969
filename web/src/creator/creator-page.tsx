/** One creator: what they say of themselves, what they made, what of it was bought, and what answers paid. */

import { worksPage } from '@grimoire/schema/catalogue'
import { creatorAnswer } from '@grimoire/schema/work-pages'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { z } from 'zod'
import { Asked } from '../design/asked.tsx'
import { Figures } from '../design/figures.tsx'
import { Notice } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { useTitle } from '../frame/title.ts'
import { EmptyShelf, Shelf } from '../market/shelf.tsx'
import { count, money, plain, short } from '../words/plain.ts'
import { ProfileWords, profileOf } from './profile.tsx'

const SHOWN = 100

const useMaker = (creator: string) =>
  useQuery({
    queryKey: ['creator', creator],
    queryFn: async ({ signal }) => {
      const [sums, page] = await Promise.all([
        ask(`/v1/creators/${encodeURIComponent(creator)}`, {
          read: body => creatorAnswer.parse(body),
          signal,
        }),
        ask('/v1/works', {
          read: body => worksPage.parse(body),
          query: { creator, limit: SHOWN },
          signal,
        }),
      ])
      return { sums, page }
    },
  })

function Sums({ sums }: { sums: z.infer<typeof creatorAnswer> }) {
  const facts: [string, string][] = [
    ['works', count(sums.works)],
    ['editions sold by them', count(sums.minted)],
    ['purchases in all', count(sums.sales)],
    ['paid for answers', money(sums.collectedAtomic)],
    ['royalties of answers and resales', money(sums.royaltiesAtomic)],
  ]
  return <Figures facts={facts} className="mb-12 gap-x-10 sm:grid-cols-3 lg:grid-cols-5" />
}

function Made({ sums, page }: { sums: z.infer<typeof creatorAnswer>; page: z.infer<typeof worksPage> }) {
  if (sums.works === 0)
    return (
      <Notice title="Nothing was made here">
        <p>No work on this market names this account as its maker.</p>
      </Notice>
    )
  return (
    <>
      <Sums sums={sums} />
      <Shelf works={page.works} />
      {page.nextCursor && (
        <p className="mt-12 text-center">
          <Link to="/" search={{ creator: sums.creator }} className="button">
            All {count(sums.works)} on the market
          </Link>
        </p>
      )}
    </>
  )
}

export function CreatorPage() {
  const { creator } = useParams({ from: '/creators/$creator' })
  const { data: profile } = useQuery(profileOf(creator))
  const name = plain(profile?.name ?? '').trim() || short(plain(creator))
  useTitle(`Works by ${name}`)
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>Works by {name}</h1>
      <p className="whisper mt-2 mb-6">
        <code>{plain(creator).slice(0, 60)}</code>
      </p>
      <ProfileWords wallet={creator} />
      <Asked question={useMaker(creator)} waiting={{ shown: <EmptyShelf /> }}>
        {made => <Made {...made} />}
      </Asked>
    </div>
  )
}
