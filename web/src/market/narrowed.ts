/** The conditions of a search in words, and the search without each of them. */
import { money, plain, short } from '../words/plain.ts'
import type { Search } from './search.ts'

type Condition = { words: string; without: Partial<Record<keyof Search, string | undefined>> }

const LANGUAGES = new Intl.DisplayNames('en', { type: 'language' })
export const languageName = (code: string): string => LANGUAGES.of(code) ?? code

export const DISCLOSURE_NAMES = { sealed: 'Sealed', openable: 'Openable' } as const
export const ADAPTER_NAMES = { yes: 'With an adapter', no: 'Without an adapter' } as const

type Range = { minPriceAtomic?: number | undefined; maxPriceAtomic?: number | undefined }

export function priceWords({ minPriceAtomic: min = 0, maxPriceAtomic: max }: Range): string {
  if (max === 0) return 'Free'
  if (max === undefined) return `${money(BigInt(min))} or more`
  const under = `under ${money(BigInt(max + 1))}`
  return min === 0 ? under : `${money(BigInt(min))} to ${under}`
}

/** Those that no other control on the page shows as chosen. */
export function conditionsOf(search: Search): Condition[] {
  const { disclosure, creator, base, language, licence, adapter, minPriceAtomic, maxPriceAtomic } = search
  const tags = search.tags?.split(',') ?? []
  const priced = minPriceAtomic !== undefined || maxPriceAtomic !== undefined
  const all: (Condition | false | undefined | '')[] = [
    creator && { words: `by ${short(creator)}`, without: { creator: undefined } },
    disclosure && { words: DISCLOSURE_NAMES[disclosure], without: { disclosure: undefined } },
    base && { words: `on ${plain(base)}`, without: { base: undefined } },
    language && { words: languageName(language), without: { language: undefined } },
    priced && {
      words: priceWords(search),
      without: { minPriceAtomic: undefined, maxPriceAtomic: undefined },
    },
    licence && { words: plain(licence), without: { licence: undefined } },
    adapter && { words: ADAPTER_NAMES[adapter], without: { adapter: undefined } },
    ...tags.map(tag => ({
      words: `#${tag}`,
      without: { tags: tags.filter(one => one !== tag).join(',') },
    })),
  ]
  return all.filter(condition => typeof condition === 'object')
}
