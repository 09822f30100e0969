/** What the page of an operator asks: how the account stands by the chain's clock, what it serves, and what others ask. */
import { creditOf } from '@grimoire/client/credits'
import { readBondRules, readStanding } from '@grimoire/client/operator-standing'
import { readServedWorks } from '@grimoire/client/operator-works'
import { worksPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { queryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { ask } from '../edge/ask.ts'
import { operatorSeen } from './seen.ts'

const EVERY_MS = 15_000
/** Of the works that anybody may serve, those that were used the most are looked at. */
const MOST_USED = 100

export const bondRules = queryOptions({
  queryKey: ['operate', 'rules'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () => readBondRules((await hands()).market),
})

export const standingOf = (operator: Hex) =>
  queryOptions({
    queryKey: ['operate', operator, 'standing'],
    refetchInterval: EVERY_MS,
    queryFn: async () => readStanding((await hands()).market, { operator }),
  })

export const mostUsed = queryOptions({
  queryKey: ['operate', 'most-used'],
  queryFn: ({ signal }) =>
    ask('/v1/works', {
      read: body => worksPage.parse(body).works,
      query: { sort: 'served', limit: MOST_USED },
      signal,
    }),
})

/** Works that list it, that it earned from, and that the edge says are used: each as the ledger has it. */
export const servedWorks = (operator: Hex) =>
  queryOptions({
    queryKey: ['operate', operator, 'works'],
    queryFn: async ({ client }) => {
      const [seen, used, { market, reading }] = await Promise.all([
        client.fetchQuery(operatorSeen(operator)).catch(() => null),
        client.fetchQuery(mostUsed).catch(() => []),
        hands(),
      ])
      const { earnings } = await reading.earnings(market, { account: operator })
      const served = earnings.filter(({ kind }) => kind === 'serving').map(({ workId }) => workId)
      const listed = seen?.works.map(({ workId }) => workId) ?? []
      const workIds = [...new Set([...listed, ...served, ...used.map(({ workId }) => workId)])]
      const nowSeconds = Number((await market.publicClient.getBlock()).timestamp)
      const works = await readServedWorks(market, { operator, workIds, nowSeconds })
      const baseOf = (workId: string) => used.find(work => work.workId === workId)?.baseModelName ?? null
      return works.map(work => ({ ...work, base: baseOf(work.workId), served: served.includes(work.workId) }))
    },
  })
export type WorkOfMine = Awaited<ReturnType<NonNullable<ReturnType<typeof servedWorks>['queryFn']>>>[number]

export const creditOwed = (account: Hex) =>
  queryOptions({
    queryKey: ['operate', account, 'credit'],
    queryFn: async () => creditOf((await hands()).market, { account }),
  })

export const everyOperator = queryOptions({
  queryKey: ['operate', 'peers'],
  queryFn: async () => {
    const { market, reading } = await hands()
    return reading.findOperators(market)
  },
})
