/** What is asked about one work: the edge's words at once, and the same held against the chain as soon as it answers. */
import { tradesPage, workDetail } from '@grimoire/schema/catalogue'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { ask } from '../edge/ask.ts'

export const tellWork = (workId: string, signal?: AbortSignal) =>
  ask(`/v1/works/${workId}`, { read: body => workDetail.parse(body), ...(signal ? { signal } : {}) })

export const toldWork = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'told'],
    queryFn: ({ signal }) => tellWork(workId, signal),
  })

/** Refused with `edge_lied` when the ledger says otherwise. */
export const checkedWork = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'checked'],
    queryFn: async () => {
      const { market, reading } = await hands()
      const [work, feeBps] = await Promise.all([
        reading.readWork(market, { workId }),
        reading.workFeeBps(market, { workId }),
      ])
      return { ...work, feeBps }
    },
  })
export type CheckedWork = Awaited<ReturnType<NonNullable<ReturnType<typeof checkedWork>['queryFn']>>>

export const servingOperators = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'operators'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.findOperators(market, { workId })
    },
  })

/** Those of the latest version that hold by the chain's word. */
export const openingsOf = ({ workId, latestVersion }: { workId: string; latestVersion: number }) =>
  queryOptions({
    queryKey: ['work', workId, 'openings', latestVersion],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.findOpenings(market, { workId, version: latestVersion })
    },
  })

export const liveListings = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'listings'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.findListings(market, { workId })
    },
  })

/** Those that could be accepted now, the best first, whatever order they came in. */
export const standingOffers = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'offers'],
    queryFn: async () => {
      const { market, reading } = await hands()
      const offers = await reading.findOffers(market, { workId })
      return offers.sort((a, b) => Number(BigInt(b.offer.priceAtomic) - BigInt(a.offer.priceAtomic)))
    },
  })

export const workTrades = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'trades'],
    queryFn: ({ signal }) =>
      ask('/v1/trades', { read: body => tradesPage.parse(body), query: { workId, limit: 100 }, signal }),
  })
