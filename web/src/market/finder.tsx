/** The search, the kinds and the order: each change stands in the address at once. */
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { short } from '../words/plain.ts'
import type { Search } from './search.ts'

/** How long the last key is waited for: a fast typist asks once for two letters, and nobody waits. */
const TYPING_MS = 60

function Choice<T extends string>(props: {
  legend: string
  name: string
  options: readonly [value: T | '', label: string][]
  chosen: T | ''
  choose: (value: T | undefined) => void
  disabled?: boolean
}) {
  const { legend, name, options, chosen, choose, disabled = false } = props
  return (
    <fieldset className="flex flex-wrap items-center gap-x-5" disabled={disabled}>
      <legend className="unseen">{legend}</legend>
      {options.map(([value, label]) => (
        <label
          key={label}
          className="flex min-h-11 cursor-pointer items-center border-b-2 border-transparent text-faded has-checked:border-rubric has-checked:font-bold has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-rubric"
        >
          <input
            type="radio"
            className="unseen"
            name={name}
            checked={chosen === value}
            onChange={() => choose(value === '' ? undefined : value)}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}

export function Finder({ search }: { search: Search }) {
  const navigate = useNavigate({ from: '/' })
  const router = useRouter()
  const [text, setText] = useState(search.q ?? '')
  const change = (part: Partial<Record<keyof Search, string | undefined>>) =>
    navigate({
      search: before => {
        const next = { ...before, ...part }
        return Object.fromEntries(Object.entries(next).filter(([, value]) => value))
      },
      replace: true,
      resetScroll: false,
    })
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the clock
  useEffect(() => {
    if (text.trim() === (search.q ?? '')) return
    const timer = setTimeout(() => {
      // Whoever has chosen a work meanwhile is on the way there, and is not called back to the shelf.
      if (router.latestLocation.pathname === '/') void change({ q: text.trim() })
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <search>
      <form className="mt-9" onSubmit={event => event.preventDefault()}>
        <label className="block">
          <span className="unseen">Search the works</span>
          <input
            type="search"
            className="w-full border-b-2 border-edge bg-transparent py-2 font-book text-2xl placeholder:text-faded focus:border-rubric sm:text-3xl"
            placeholder="Search the works"
            maxLength={200}
            autoComplete="off"
            value={text}
            onChange={event => setText(event.target.value)}
          />
        </label>
        <div className="mt-2 flex flex-wrap justify-between gap-x-10">
          <Choice
            legend="Kind"
            name="kind"
            options={[
              ['', 'Everything'],
              ['chatbot', 'Chatbots'],
              ['prompt', 'Prompts'],
            ]}
            chosen={search.kind ?? ''}
            choose={kind => void change({ kind })}
          />
          <Choice
            legend={search.q ? 'Order: a search shows the newest first' : 'Order'}
            name="sort"
            options={[
              ['', 'Newest'],
              ['price', 'Cheapest'],
              ['sales', 'Most sold'],
            ]}
            chosen={search.q || search.sort === 'new' ? '' : (search.sort ?? '')}
            choose={sort => void change({ sort })}
            disabled={Boolean(search.q)}
          />
        </div>
        {search.creator && (
          <p className="mt-2">
            Only works by <code>{short(search.creator)}</code>{' '}
            <button
              type="button"
              className="button quiet"
              onClick={() => void change({ creator: undefined })}
            >
              Show everyone’s
            </button>
          </p>
        )}
      </form>
    </search>
  )
}
