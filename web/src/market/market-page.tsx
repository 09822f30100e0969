/** The market: what there is, found as one types. Needs no wallet, no chain, and nothing but the edge. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Again, Notice, Refusal } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { readShelf, type ShelfFacts } from '../edge/read-plainly.ts'
import { useTitle } from '../frame/title.ts'
import { plural } from '../words/plain.ts'
import { Finder } from './finder.tsx'
import { orderWords, remarks } from './order-words.ts'
import { readSearch, type Search } from './search.ts'
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
      <p>Search for fewer or shorter words, for every kind, or with fewer conditions.</p>
      <Link to="/" search={{}} className="button">
        Show everything
      </Link>
    </Notice>
  )
}

/** How many there are and in which order, with what the edge did otherwise than it was asked to. */
function Remarks(props: { search: Search; page: ShelfFacts; works: number; more: boolean }) {
  const { search, page, works, more } = props
  return (
    <div role="status" className="whisper mb-6 space-y-1">
      {works > 0 && (
        <p>
          {more ? 'The first ' : ''}
          {plural(works, 'work')}, {orderWords(page.order)}
        </p>
      )}
      {remarks(search, page).map(words => (
        <p key={words}>{words}</p>
      ))}
    </div>
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
  const [first] = data?.pages ?? []
  return (
    <div className={isPlaceholderData ? 'opacity-60' : ''}>
      {first && <Remarks search={search} page={first} works={works.length} more={hasNextPage} />}
      {works.length > 0 ? <Shelf works={works} /> : !hasNextPage && <Nothing search={search} />}
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
  // The router hands on what no page has asked for: an edge would refuse it.
  const search = readSearch(useSearch({ from: '/' }))
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
      <section aria-label="Works" className="mt-6">
        <Results search={search} />
      </section>
    </div>
  )
}
