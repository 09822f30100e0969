/** What happened to a work or what an account did, in pages, each row held against its transaction. */
import type { ActivitySlice } from '@grimoire/client/activity'
import type { Hex } from '@grimoire/schema/hex'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'

export type Subject = { workId: string } | { holder: Hex }

/** Each row of a page costs one question to the chain. */
const SHOWN = 10

export const activityOf = (subject: Subject) =>
  infiniteQueryOptions({
    queryKey: ['activity', subject],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor }): Promise<ActivitySlice> => {
      const { market, reading } = await hands()
      const page = { limit: SHOWN, ...(cursor ? { cursor } : {}) }
      return 'workId' in subject
        ? reading.workActivity(market, { ...subject, ...page })
        : reading.holderActivity(market, { ...subject, ...page })
    },
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
