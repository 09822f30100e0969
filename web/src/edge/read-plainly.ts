/** Reads what the first page shows without the schema's parser, which is as large as all the rest of that page. */
import type { edgeHealth, WorkSummary, worksPage } from '@grimoire/schema/catalogue'
import type { FacetsAnswer } from '@grimoire/schema/facets'
import type { z } from 'zod'
import { isAddress } from '../words/address.ts'

type Fields = Record<string, unknown>

const fieldsOf = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} is no object`)
  return value as Fields // Safety: an object, checked above; each field is checked where it is read.
}

function must<T>(fields: Fields, name: string, is: (value: unknown) => value is T): T {
  const value = fields[name]
  if (is(value)) return value
  throw new TypeError(`${name} is ${JSON.stringify(value)?.slice(0, 60)}`)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value)
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isCountOrNull = (value: unknown): value is number | null => value === null || isCount(value)
const isDigits = (value: unknown): value is string => isText(value) && /^(0|[1-9]\d{0,77})$/.test(value)
const isDigitsOrNull = (value: unknown): value is string | null => value === null || isDigits(value)
const isKind = (value: unknown): value is WorkSummary['terms']['kind'] =>
  value === 'prompt' || value === 'chatbot'
const isStatus = (value: unknown): value is Health['status'] =>
  value === 'ok' || value === 'behind' || value === 'stopped'

/** What a shelf says of a work. */
export type BookFacts = Pick<
  WorkSummary,
  | 'workId'
  | 'creator'
  | 'title'
  | 'minted'
  | 'sales'
  | 'liveListings'
  | 'floorPriceAtomic'
  | 'collectedAtomic'
  | 'openings'
> & { terms: Pick<WorkSummary['terms'], 'kind' | 'priceAtomic' | 'editionCap'> }

function readBook(value: unknown): BookFacts {
  const work = fieldsOf(value, 'a work')
  const terms = fieldsOf(work.terms, 'terms')
  return {
    workId: must(work, 'workId', isDigits),
    creator: must(work, 'creator', isAddress),
    title: must(work, 'title', isTextOrNull),
    minted: must(work, 'minted', isCount),
    sales: must(work, 'sales', isCount),
    liveListings: must(work, 'liveListings', isCount),
    floorPriceAtomic: must(work, 'floorPriceAtomic', isDigitsOrNull),
    collectedAtomic: must(work, 'collectedAtomic', isDigits),
    openings: must(work, 'openings', isCount),
    terms: {
      kind: must(terms, 'kind', isKind),
      priceAtomic: must(terms, 'priceAtomic', isDigits),
      editionCap: must(terms, 'editionCap', isCount),
    },
  }
}

const ORDERS = ['recency', 'price', 'sales', 'served', 'trending', 'relevance'] as const
type WorksPage = z.infer<typeof worksPage>
const isOrder = (value: unknown): value is WorksPage['order'] => ORDERS.some(order => order === value)
const isTruth = (value: unknown): value is boolean => typeof value === 'boolean'

function listOf<T>(fields: Fields, name: string, read: (value: unknown) => T): T[] {
  const list = fields[name]
  if (!Array.isArray(list)) throw new TypeError(`${name} is no list`)
  return list.map(read)
}

export type ShelfFacts = Pick<WorksPage, 'nextCursor' | 'order' | 'bounded' | 'corrected'> & {
  works: BookFacts[]
}

export function readShelf(body: unknown): ShelfFacts {
  const page = fieldsOf(body, 'the answer')
  return {
    works: listOf(page, 'works', readBook),
    nextCursor: must(page, 'nextCursor', isTextOrNull),
    order: must(page, 'order', isOrder),
    bounded: must(page, 'bounded', isTruth),
    corrected: listOf(page, 'corrected', value => {
      const words = fieldsOf(value, 'a correction')
      return { from: must(words, 'from', isText), to: must(words, 'to', isText) }
    }),
  }
}

/** By what the market can be narrowed: models by their names, since nobody knows a hash by heart. */
export type Facets = Omit<FacetsAnswer, 'works' | 'base'>

export function readFacets(body: unknown): Facets {
  const facets = fieldsOf(body, 'the answer')
  const values = (name: Exclude<keyof Facets, 'price'>) =>
    listOf(facets, name, entry => {
      const fields = fieldsOf(entry, 'a value')
      return { value: must(fields, 'value', isText), works: must(fields, 'works', isCount) }
    })
  return {
    kind: values('kind'),
    disclosure: values('disclosure'),
    language: values('language'),
    licence: values('licence'),
    baseName: values('baseName'),
    adapter: values('adapter'),
    tag: values('tag'),
    price: listOf(facets, 'price', entry => {
      const band = fieldsOf(entry, 'a band')
      return {
        fromAtomic: must(band, 'fromAtomic', isDigits),
        toAtomic: must(band, 'toAtomic', isDigitsOrNull),
        works: must(band, 'works', isCount),
      }
    }),
  }
}

export type Health = Pick<z.infer<typeof edgeHealth>, 'status' | 'indexedBlock' | 'lagBlocks' | 'reason'>

export function readHealth(body: unknown): Health {
  const health = fieldsOf(body, 'the answer')
  return {
    status: must(health, 'status', isStatus),
    indexedBlock: must(health, 'indexedBlock', isCount),
    lagBlocks: must(health, 'lagBlocks', isCountOrNull),
    reason: must(health, 'reason', isTextOrNull),
  }
}
