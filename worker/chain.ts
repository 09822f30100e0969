/** The worker's one view of the chain: reads only, with time limits, and the chain id checked before anything is believed. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { Problem } from '@grimoire/schema/problem'
import { createPublicClient, fallback, http, type PublicClient } from 'viem'
import type { Settings } from './env.ts'

const TIMEOUT_MS = 5_000
const verified = new WeakSet<Settings>()

/**
 * A client for one request, never kept for the next: workerd binds a promise to the request that made it, and viem
 * joins equal questions of one client, and batched ones of all clients, into one promise. Hence no batches either.
 */
export function chainOf(settings: Settings): PublicClient {
  const transports = settings.RPC_URLS.map(url => http(url, { timeout: TIMEOUT_MS, retryCount: 1 }))
  return createPublicClient({ transport: fallback(transports), cacheTime: 0 })
}

/** Any failure to get an answer from the chain, as one problem; the endpoint's own words stay inside as the cause. */
export async function asking<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('chain_unreachable', { cause })
  }
}

/** An endpoint of another chain would fill the index with strangers' events: asked once for each set of settings. */
export async function checkChain(settings: Settings): Promise<void> {
  if (verified.has(settings)) return
  const got = await asking(chainOf(settings).getChainId())
  const expected = settings.ADDRESSES.chainId
  if (got !== expected) throw new Problem('chain_wrong', { got, expected, param: 'RPC_URLS' })
  verified.add(settings)
}

const bonds = new WeakMap<Settings, bigint>()

/** What an operator has to bond to be active; the registry never changes it. */
export async function minimumBond(settings: Settings): Promise<bigint> {
  const known = bonds.get(settings)
  if (known !== undefined) return known
  const bond = await asking(
    chainOf(settings).readContract({
      address: settings.ADDRESSES.operators,
      abi: operatorsAbi,
      functionName: 'minimumBondAtomic',
    }),
  )
  bonds.set(settings, bond)
  return bond
}
