/** The search, what narrows it and the order: each change stands in the address at once. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Choice } from '../design/choice.tsx'
import { ask } from '../edge/ask.ts'
import { readFacets } from '../edge/read-plainly.ts'
import { type Change, Conditions, Narrow } from './narrow.tsx'
import { readSearch, type Search, without } from './search.ts'

/** How long the last key is waited for: a fast typist asks once for two letters, and nobody waits. */
const TYPING_MS = 60

function Orders({ search, change }: { search: Search; change: Change }) {
  const { q, sort } = search
  return (
    <Choice
      legend="Order"
      name="sort"
      options={[
        ...(q
          ? ([
              ['', 'Best match'],
              ['new', 'Newest'],
            ] as const)
          : ([['', 'Newest']] as const)),
        ['price', 'Cheapest'],
        ['sales', 'Most sold'],
        ['served', 'Most used'],
        ['trending', 'Trending'],
      ]}
      chosen={!q && sort === 'new' ? '' : (sort ?? '')}
      choose={next => change({ sort: next })}
    />
  )
}

/** The text as it is typed, and in the address as soon as the fingers rest. */
function Words({ q, find }: { q: string; find: (text: string) => void }) {
  const router = useRouter()
  const [text, setText] = useState(q)
  const clock = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(clock.current), [])
  const type = (next: string) => {
    setText(next)
    clearTimeout(clock.current)
    clock.current = setTimeout(() => {
      // Whoever has chosen a work meanwhile is on the way there, and is not called back to the shelf.
      if (router.latestLocation.pathname === '/') find(next.trim())
    }, TYPING_MS)
  }
  return (
    <label className="block">
      <span className="unseen">Search the works</span>
      <input
        type="search"
        className="w-full border-b-2 border-edge bg-transparent py-2 font-book text-2xl placeholder:text-faded focus:border-rubric sm:text-3xl"
        placeholder="Search the works"
        maxLength={200}
        autoComplete="off"
        value={text}
        onChange={event => type(event.target.value)}
      />
    </label>
  )
}

export function Finder({ search }: { search: Search }) {
  const navigate = useNavigate({ from: '/' })
  const facets = useQuery({
    queryKey: ['facets'],
    queryFn: ({ signal }) => ask('/v1/facets', { read: readFacets, signal }),
    staleTime: 60_000,
  })
  const change: Change = part =>
    void navigate({
      search: before => readSearch(without({ ...before, ...part })),
      replace: true,
      resetScroll: false,
    })
  const worksOf = (kind: string) => facets.data?.kind.find(({ value }) => value === kind)?.works
  return (
    <search>
      <form className="mt-9" onSubmit={event => event.preventDefault()}>
        <Words q={search.q ?? ''} find={q => change({ q })} />
        <div className="mt-2 flex flex-wrap justify-between gap-x-10">
          <Choice
            legend="Kind"
            name="kind"
            options={[
              ['', 'Everything'],
              ['chatbot', 'Chatbots', worksOf('chatbot')],
              ['prompt', 'Prompts', worksOf('prompt')],
            ]}
            chosen={search.kind ?? ''}
            choose={kind => change({ kind })}
          />
          <Orders search={search} change={change} />
        </div>
        <Narrow search={search} facets={facets} change={change} />
        <Conditions search={search} change={change} />
      </form>
    </search>
  )
}
