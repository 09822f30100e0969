/** One creator: what they made, what of it was bought, and what answers paid, all by the chain's own counts. */
import { worksPage } from '@grimoire/schema/catalogue'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Again, Notice, Refusal } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { useTitle } from '../frame/title.ts'
import { EmptyShelf, Shelf } from '../market/shelf.tsx'
import { count, money, plain, short } from '../words/plain.ts'

const useWorksOf = (creator: string) =>
  useQuery({
    queryKey: ['creator', creator],
    queryFn: ({ signal }) =>
      ask('/v1/works', { read: body => worksPage.parse(body), query: { creator, limit: 100 }, signal }),
  })

function Made({ creator }: { creator: string }) {
  const made = useWorksOf(creator)
  if (made.isPending) return <EmptyShelf />
  if (made.isError)
    return (
      <Refusal error={made.error}>
        <Again run={() => void made.refetch()} />
      </Refusal>
    )
  const { works, nextCursor } = made.data
  if (works.length === 0)
    return (
      <Notice title="Nothing was made here">
        <p>No work on this market names this account as its maker.</p>
      </Notice>
    )
  const sum = (key: 'sales' | 'minted') => works.reduce((total, work) => total + work[key], 0)
  const royaltiesAtomic = works.reduce((total, work) => total + BigInt(work.royaltiesAtomic), 0n)
  const facts: [string, string][] = [
    ['works', `${nextCursor ? 'the newest ' : ''}${count(works.length)}`],
    ['editions sold by them', count(sum('minted'))],
    ['purchases in all', count(sum('sales'))],
    ['royalties of answers and resales', money(royaltiesAtomic)],
  ]
  return (
    <>
      <dl className="mb-12 grid gap-x-10 gap-y-3 sm:grid-cols-4">
        {facts.map(([name, value]) => (
          <div key={name} className="flex flex-col-reverse border-t border-line pt-2">
            <dt className="whisper">{name}</dt>
            <dd className="font-book text-3xl">{value}</dd>
          </div>
        ))}
      </dl>
      <Shelf works={works} />
    </>
  )
}

export function CreatorPage() {
  const { creator } = useParams({ from: '/creators/$creator' })
  useTitle(`Works by ${short(creator)}`)
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>Works by {short(plain(creator))}</h1>
      <p className="whisper mt-2 mb-10">
        <code>{plain(creator).slice(0, 60)}</code>
      </p>
      <Made creator={creator} />
    </div>
  )
}
