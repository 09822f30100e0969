/** Which ledger this page looks at: the one that is pinned beside it, else the one that its edge names. Asked once. */
import { networkAnswer } from '@grimoire/schema/catalogue'
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { Problem } from '@grimoire/schema/problem'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import { ask } from '../edge/ask.ts'
import { readPlace } from '../edge/place.ts'

export type Network = z.infer<typeof networkAnswer>

export const isPlay = ({ addresses }: Network): boolean => addresses.chainId === DEVNET_CHAIN_ID

/** An edge that does not serve the page is believed about the ledger on a play chain only, where nothing is to be lost. */
async function find(): Promise<Network> {
  const { pinned, isForeign, edgeUrl } = await readPlace()
  if (pinned !== null) return networkAnswer.parse(pinned)
  const told = await ask('/v1/network', { read: networkAnswer.parse })
  if (!isForeign || isPlay(told)) return told
  throw new Problem('config_invalid', {
    param: 'edge.json',
    got: `only the word of ${edgeUrl} for chain ${told.addresses.chainId}`,
    expected: 'addresses and rpcUrls beside edge',
  })
}

let asked: Promise<Network> | null = null

export function readNetwork(): Promise<Network> {
  asked ??= find().catch(error => {
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
