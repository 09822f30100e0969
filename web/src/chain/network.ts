/** Which ledger this page looks at, as the edge that serves it says. Asked once. */
import { networkAnswer } from '@grimoire/schema/catalogue'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import { ask } from '../edge/ask.ts'

export type Network = z.infer<typeof networkAnswer>

/** The chain of every local market: worthless money, accounts that everyone knows. */
const PLAY_CHAIN_ID = 31_337

export const isPlay = ({ addresses }: Network): boolean => addresses.chainId === PLAY_CHAIN_ID

let asked: Promise<Network> | null = null

export function readNetwork(): Promise<Network> {
  asked ??= ask('/v1/network', { read: networkAnswer.parse }).catch(error => {
    asked = null
    throw error
  })
  return asked
}

const network = queryOptions({
  queryKey: ['network'],
  queryFn: readNetwork,
  staleTime: Number.POSITIVE_INFINITY,
})

export const useNetwork = () => useQuery(network)
