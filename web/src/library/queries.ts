/** What an account holds, lists and has opened: where to look by the edge, how many by the chain. */
import type { Hex } from '@grimoire/schema/hex'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { tellWork } from '../work/queries.ts'

/** Everything that an account holds, each with what the edge says of it. */
export const holdingsOf = (holder: Hex | null) =>
  queryOptions({
    queryKey: ['holdings', holder],
    enabled: holder !== null,
    queryFn: async () => {
      const { market, reading } = await hands()
      const found = []
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await reading.findHoldings(market, {
          holder: holder ?? '0x',
          ...(cursor ? { cursor } : {}),
        })
        found.push(...page.holdings)
        cursor = page.nextCursor
      }
      return Promise.all(found.map(async holding => ({ ...holding, work: await tellWork(holding.workId) })))
    },
  })
export type Held = Awaited<ReturnType<NonNullable<ReturnType<typeof holdingsOf>['queryFn']>>>[number]

export const holdingOf = (holder: Hex | null, workId: string) =>
  queryOptions({ ...holdingsOf(holder), select: held => held.find(one => one.workId === workId) ?? null })

/** Listings and offers of one's own, also those that stand no more. */
export const ownOrdersOf = (maker: Hex) =>
  queryOptions({
    queryKey: ['orders', maker],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.findOwnOrders(market, { maker })
    },
  })
