/** What is asked about one work: the edge's words at once, and the same held against the chain as soon as it answers. */
import { tradesPage, workDetail } from '@grimoire/schema/catalogue'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { ask } from '../edge/ask.ts'

export const toldWork = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'told'],
    queryFn: ({ signal }) => ask(`/v1/works/${workId}`, { read: body => workDetail.parse(body), signal }),
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

export const liveListings = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'listings'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.findListings(market, { workId })
    },
  })

export const workTrades = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'trades'],
    queryFn: ({ signal }) =>
      ask('/v1/trades', { read: body => tradesPage.parse(body), query: { workId, limit: 25 }, signal }),
  })
