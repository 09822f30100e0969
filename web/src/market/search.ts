/** What is looked for, as it stands in the address: so that a search can be sent to someone, and the way back leads to it. */
import type { WorksQuery } from '@grimoire/schema/catalogue'
import { isAddress } from '../words/address.ts'

export type Search = {
  [Name in Exclude<keyof WorksQuery, 'limit' | 'cursor'>]?: NonNullable<WorksQuery[Name]>
}

const KINDS: readonly NonNullable<Search['kind']>[] = ['chatbot', 'prompt']
const DISCLOSURES: readonly NonNullable<Search['disclosure']>[] = ['sealed', 'openable']
const ADAPTERS: readonly NonNullable<Search['adapter']>[] = ['yes', 'no']
const SORTS: readonly NonNullable<Search['sort']>[] = ['new', 'price', 'sales', 'served', 'trending']
/** What the edge takes as a price at most. */
const PRICE_LIMIT = 2 ** 48
export const TAGS_MAX = 4

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find(one => one === value)

/** What looks like a number in an address is read as one. */
function textOf(value: unknown, fits: RegExp): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && fits.test(text) ? text : undefined
}

function priceOf(value: unknown): number | undefined {
  const price = Number(textOf(value, /^\d{1,15}$/) ?? Number.NaN)
  return price < PRICE_LIMIT ? price : undefined
}

const LANGUAGE = /^[a-z]{2,3}$/
const TAG = /^[a-z0-9][a-z0-9-]{0,31}$/
export const isLanguage = (text: string): boolean => LANGUAGE.test(text)
export const isTag = (text: string): boolean => TAG.test(text)

function tagsOf(value: unknown): string | undefined {
  const tags = (textOf(value, /^.{1,140}$/) ?? '').split(',').filter(isTag)
  return tags.slice(0, TAGS_MAX).join(',') || undefined
}

/** Conditions that say nothing do not stand in the address. */
export const without = <T extends object>(search: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== ''),
  ) as Partial<T> // Safety: the same names with the same values, some of them left out.

/** An address is a stranger's text: what is not one of ours is left out, so that it cannot break the page. */
export const readSearch = (raw: Record<string, unknown>): Search =>
  without<Search | Record<keyof Search, undefined>>({
    q: textOf(raw.q, /./s)?.slice(0, 200),
    kind: oneOf(KINDS, raw.kind),
    disclosure: oneOf(DISCLOSURES, raw.disclosure),
    creator: isAddress(raw.creator) ? raw.creator : undefined,
    base: textOf(raw.base, /^.{1,120}$/s),
    language: textOf(raw.language, LANGUAGE),
    licence: textOf(raw.licence, /^.{1,80}$/s),
    tags: tagsOf(raw.tags),
    adapter: oneOf(ADAPTERS, raw.adapter),
    minPriceAtomic: priceOf(raw.minPriceAtomic),
    maxPriceAtomic: priceOf(raw.maxPriceAtomic),
    sort: oneOf(SORTS, raw.sort),
  } as Search) as Search // Safety: what is undefined is left out.
