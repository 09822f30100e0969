/** What an answer stands on: the work as the chain holds it, and a machine that serves it with its signed quote. */
import type { Market } from '@grimoire/client/market'
import type { CheckedQuote } from '@grimoire/client/read-quote'
import type { ReadWork } from '@grimoire/client/read-work'
import type { Hex } from '@grimoire/schema/hex'
import { queryOptions } from '@tanstack/react-query'
import type { Shelf } from './shelf.ts'

export type Place = Shelf & {
  market: Market
  work: ReadWork
  checked: CheckedQuote
}

/** Refused with `not_holder` when the chain says so. */
export const chatPlace = (shelf: Shelf, operator?: Hex) =>
  queryOptions({
    queryKey: ['chat', 'place', shelf.session.address, shelf.workId, operator],
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    queryFn: async (): Promise<Place> => (await import('./open-place.ts')).openPlace(shelf, operator),
  })

/** All that serve the work, by the chain's word. */
export const machinesOf = (workId: string) =>
  queryOptions({
    queryKey: ['chat', 'machines', workId],
    queryFn: async () => (await import('./open-place.ts')).machinesOf(workId),
  })
