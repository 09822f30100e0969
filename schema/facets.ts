/** What works can be told apart by, and the bands that prices fall into: the same as the database's own views count. */
import { z } from 'zod'
import { count } from './hex.ts'

/** `base` is the sha256 of the weights, `baseName` what manifests call them; `price` is a band, see `bandOf`. */
export const FACETS = [
  'kind',
  'disclosure',
  'price',
  'language',
  'licence',
  'base',
  'baseName',
  'adapter',
  'tag',
] as const
export type Facet = (typeof FACETS)[number]

/** The lowest price of each band but the first, which is of the works that cost nothing. */
export const PRICE_EDGES = [
  1, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
  20_000_000, 50_000_000, 100_000_000, 200_000_000, 500_000_000, 1_000_000_000,
] as const

/** How many edges a price has reached. */
export const bandOf = (priceAtomic: number): number => PRICE_EDGES.filter(edge => edge <= priceAtomic).length

const facetValue = z.object({ value: z.string(), works: count })

/** The most frequent values of each facet. A price band's value is its number; `fromAtomic` to below `toAtomic`. */
export const facetsAnswer = z.object({
  works: count,
  kind: z.array(facetValue),
  disclosure: z.array(facetValue),
  price: z.array(z.object({ fromAtomic: z.string(), toAtomic: z.string().nullable(), works: count })),
  language: z.array(facetValue),
  licence: z.array(facetValue),
  base: z.array(facetValue),
  baseName: z.array(facetValue),
  adapter: z.array(facetValue),
  tag: z.array(facetValue),
})
export type FacetsAnswer = z.infer<typeof facetsAnswer>
