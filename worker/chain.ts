/** What a request asks the chain: reads only, with time limits. The index asks each endpoint by itself (`indexer/endpoints.ts`). */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { Problem } from '@grimoire/schema/problem'
import { type Client, createClient, fallback, http, type PublicClient, type Transport } from 'viem'
import {
  call,
  estimateGas,
  getBlock,
  getBlockNumber,
  getChainId,
  getCode,
  getLogs,
  readContract,
} from 'viem/actions'
import type { Settings } from './env.ts'

const TIMEOUT_MS = 5_000

/** The questions that the edge asks. viem’s own public client brings all that there are, which is a tenth of the bundle. */
export type Chain = Client &
  Pick<
    PublicClient,
    | 'call'
    | 'estimateGas'
    | 'getBlock'
    | 'getBlockNumber'
    | 'getChainId'
    | 'getCode'
    | 'getLogs'
    | 'readContract'
  >

const ASKS = { call, estimateGas, getBlock, getBlockNumber, getChainId, getCode, getLogs, readContract }

/** `ccipRead` off: a stranger’s contract, asked for a signature, would otherwise choose an address that the edge then calls. */
export function chainAt(transport: Transport): Chain {
  const client = createClient({ transport, cacheTime: 0, ccipRead: false })
  type Ask = (client: Client, asked: unknown) => unknown
  const asks = Object.entries(ASKS).map(([name, ask]) => [
    name,
    (asked: unknown) => (ask as Ask)(client, asked),
  ])
  return client.extend(() => Object.fromEntries(asks)) as Chain // Safety: each action takes the client, then what viem’s own method takes.
}

/**
 * A client for one request, never kept for the next: workerd binds a promise to the request that made it, and viem
 * joins equal questions of one client, and batched ones of all clients, into one promise. Hence no batches either.
 */
export function chainOf(settings: Settings): Chain {
  const transports = settings.RPC_URLS.map(url => http(url, { timeout: TIMEOUT_MS, retryCount: 0 }))
  // One that fails is followed by the next; all of them once more, and then whoever asked is told.
  return chainAt(fallback(transports, { retryCount: 1 }))
}

/** Any failure to get an answer from the chain, as one problem; the endpoint's own words stay inside as the cause. */
export async function asking<T>(question: Promise<T>): Promise<T> {
  try {
    return await question
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('chain_unreachable', { cause })
  }
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
