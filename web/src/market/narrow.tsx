/** By what the works can be narrowed, each with how many have it; on a phone folded away until it is asked for. */
import type { UseQueryResult } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import type { Facets } from '../edge/read-plainly.ts'
import { count, plain } from '../words/plain.ts'
import { ADAPTER_NAMES, conditionsOf, DISCLOSURE_NAMES, languageName, priceWords } from './narrowed.ts'
import { isLanguage, isTag, type Search, TAGS_MAX } from './search.ts'

export type Change = (part: Partial<Record<keyof Search, string | number | undefined>>) => void

type Option = { value: string; words: string; works?: number }

function Pick(props: {
  label: string
  any: string
  value: string
  options: readonly Option[]
  choose: (value: string | undefined) => void
}) {
  const { label, any, value, options, choose } = props
  const id = useId()
  // An address may ask for what no work has: it is shown as chosen all the same.
  const known = value === '' || options.some(option => option.value === value)
  const shown = known ? options : [...options, { value, words: plain(value), works: 0 }]
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="whisper block">
        {label}
      </label>
      <select
        id={id}
        className="field"
        value={value}
        disabled={shown.length === 0}
        onChange={event => choose(event.target.value || undefined)}
      >
        <option value="">{any}</option>
        {shown.map(option => (
          <option key={option.value} value={option.value}>
            {option.words} ({count(option.works ?? 0)})
          </option>
        ))}
      </select>
    </div>
  )
}

const named = (values: Facets['tag'], words: (value: string) => string = plain): Option[] =>
  values.map(({ value, works }) => ({ value, words: words(value), works }))

const fromNames = (names: Record<string, string>) => (value: string) => names[value] ?? plain(value)

/** A band of the edge as a range of prices; `toAtomic` itself belongs to the next one. */
const bandOf = ({ fromAtomic, toAtomic, works }: Facets['price'][number]) => {
  const range = {
    minPriceAtomic: Number(fromAtomic) || undefined,
    maxPriceAtomic: toAtomic === null ? undefined : Number(toAtomic) - 1,
  }
  return { value: rangeText(range), words: priceWords(range), works, range }
}
const rangeText = ({
  minPriceAtomic,
  maxPriceAtomic,
}: Search | Record<string, number | undefined>): string =>
  minPriceAtomic === undefined && maxPriceAtomic === undefined
    ? ''
    : `${minPriceAtomic ?? 0}-${maxPriceAtomic ?? ''}`

function Price({ search, bands, change }: { search: Search; bands: Facets['price']; change: Change }) {
  const options = bands.map(bandOf)
  const value = rangeText(search)
  const chosen = options.some(option => option.value === value)
  return (
    <Pick
      label="Price"
      any="Any"
      value={value}
      options={chosen || !value ? options : [...options, { value, words: priceWords(search), works: 0 }]}
      choose={next => {
        const range = options.find(option => option.value === next)?.range
        change({ minPriceAtomic: undefined, maxPriceAtomic: undefined, ...range })
      }}
    />
  )
}

/** Each one narrows further, as far as the edge goes along. */
function Tags({ search, facets, change }: { search: Search; facets: Facets; change: Change }) {
  const tags = search.tags?.split(',') ?? []
  const free = facets.tag.filter(({ value }) => isTag(value) && !tags.includes(value))
  const full = tags.length >= TAGS_MAX
  return (
    <Pick
      label="Tag"
      any={full ? `No more than ${TAGS_MAX}` : tags.length === 0 ? 'Any' : 'And another'}
      value=""
      options={full ? [] : named(free)}
      choose={tag => tag && change({ tags: [...tags, tag].join(',') })}
    />
  )
}

function Picks({ search, facets, change }: { search: Search; facets: Facets; change: Change }) {
  const languages = facets.language.filter(({ value }) => isLanguage(value))
  const pick = (
    name: 'disclosure' | 'base' | 'language' | 'licence' | 'adapter',
    label: string,
    options: Option[],
  ) => (
    <Pick
      label={label}
      any="Any"
      value={search[name] ?? ''}
      options={options}
      choose={value => change({ [name]: value })}
    />
  )
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-3 md:grid-cols-4 lg:grid-cols-7">
      <Price search={search} bands={facets.price} change={change} />
      {pick('disclosure', 'Text', named(facets.disclosure, fromNames(DISCLOSURE_NAMES)))}
      {pick('base', 'Model', named(facets.baseName))}
      {pick('language', 'Language', named(languages, languageName))}
      {pick('licence', 'Licence', named(facets.licence))}
      {pick('adapter', 'Adapter', named(facets.adapter, fromNames(ADAPTER_NAMES)))}
      <Tags search={search} facets={facets} change={change} />
    </div>
  )
}

const wide = () => matchMedia('(min-width: 52rem)').matches

export function Narrow(props: { search: Search; facets: UseQueryResult<Facets>; change: Change }) {
  const { search, facets, change } = props
  const [open, setOpen] = useState(wide)
  const chosen = conditionsOf(search).length
  return (
    <details className="mt-3" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-11 w-fit items-center text-rubric underline">
        Narrow it{chosen > 0 ? ` (${chosen} chosen)` : ''}
      </summary>
      <div className="mt-1">
        <Asked question={facets} waiting="What it can be narrowed by is on its way" lines={1}>
          {known => <Picks search={search} facets={known} change={change} />}
        </Asked>
        <p className="whisper mt-2">The numbers count all works of this market.</p>
      </div>
    </details>
  )
}

/** Each condition with a press that takes it away. */
export function Conditions({ search, change }: { search: Search; change: Change }) {
  const conditions = conditionsOf(search)
  if (conditions.length === 0) return null
  return (
    <ul aria-label="Conditions" className="mt-3 flex flex-wrap gap-2">
      {conditions.map(({ words, without }) => (
        <li key={words}>
          <button type="button" className="button" onClick={() => change(without)}>
            <span className="unseen">Take away: </span>
            {words} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
