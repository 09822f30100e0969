/** The market: what there is, found as one types. Needs no wallet, no chain, and nothing but the edge. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Again, Notice, Refusal } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { readShelf } from '../edge/read-plainly.ts'
import { useTitle } from '../frame/title.ts'
import { plural } from '../words/plain.ts'
import { Finder } from './finder.tsx'
import type { Search } from './search.ts'
import { EmptyShelf, Shelf } from './shelf.tsx'

const PAGE = 24

const useWorks = (search: Search) =>
  useInfiniteQuery({
    queryKey: ['works', search],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask('/v1/works', { read: readShelf, query: { ...search, limit: PAGE, cursor: pageParam }, signal }),
    getNextPageParam: page => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })

function Nothing({ search }: { search: Search }) {
  if (Object.keys(search).length === 0)
    return (
      <Notice title="The shelves are empty">
        <p>No work has been minted on this market yet. One that is appears here within a minute.</p>
      </Notice>
    )
  return (
    <Notice title="Nothing matches">
      <p>Search for fewer or shorter words, or for every kind.</p>
      <Link to="/" search={{}} className="button">
        Show everything
      </Link>
    </Notice>
  )
}

function Results({ search }: { search: Search }) {
  const {
    data,
    error,
    refetch,
    isPending,
    hasNextPage,
    isFetchingNextPage,
    fetchNextPage,
    isPlaceholderData,
  } = useWorks(search)
  if (isPending) return <EmptyShelf />
  if (error && !data)
    return (
      <div className="narrow py-10">
        <Refusal error={error}>
          <Again run={() => void refetch()} />
        </Refusal>
      </div>
    )
  const works = data?.pages.flatMap(page => page.works) ?? []
  if (works.length === 0) return <Nothing search={search} />
  return (
    <div className={isPlaceholderData ? 'opacity-60' : ''}>
      <p role="status" className="unseen">
        {hasNextPage ? 'The first ' : ''}
        {plural(works.length, 'work')}
        {search.q ? ', the newest first' : ''}
      </p>
      <Shelf works={works} />
      {error && (
        <div className="mt-10">
          <Refusal error={error} />
        </div>
      )}
      {hasNextPage && (
        <p className="mt-12 text-center">
          <button
            type="button"
            className="button"
            disabled={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {isFetchingNextPage ? 'Fetching more…' : 'Show more'}
          </button>
        </p>
      )}
    </div>
  )
}

export function MarketPage() {
  const search = useSearch({ from: '/' })
  useTitle()
  return (
    <div className="width">
      <div className="pt-8 sm:pt-14">
        <h1 className="max-w-3xl">Prompts and chatbots, kept under seal</h1>
        <p className="mt-4 max-w-2xl font-book text-xl leading-snug text-faded sm:text-2xl">
          Own an edition and it answers you. Its text opens only on machines that its maker trusts, and every
          answer pays its maker.
        </p>
        <Finder search={search} />
      </div>
      <section aria-label="Works" className="mt-10">
        <Results search={search} />
      </section>
    </div>
  )
}
