/** The small context that every verb takes first: which ledger, which chain client, which edge, which key network. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { formatModelId } from '@grimoire/schema/model-id'
import { Problem } from '@grimoire/schema/problem'
import type { KeyNetwork } from '@grimoire/seal/network'
import type { PublicClient } from 'viem'

/** What an operator's verbs need: no edge, no key network. */
export type Ledger = { readonly addresses: Addresses; readonly publicClient: PublicClient }

export type Market = Ledger & {
  readonly edgeUrl: string
  readonly timeoutMs: number
  readonly fetch: typeof fetch
  readonly keyNetwork?: KeyNetwork
}

/** Makes the context. It does no I/O: `checkChain` asks the chain whether it is the right one. */
export function createMarket(options: {
  addresses: Addresses
  publicClient: PublicClient
  edgeUrl: string
  keyNetwork?: KeyNetwork
  timeoutMs?: number
  fetch?: typeof fetch
}): Market {
  if (!URL.canParse(options.edgeUrl)) {
    throw new Problem('config_invalid', {
      param: 'edgeUrl',
      got: options.edgeUrl,
      expected: 'an absolute URL',
    })
  }
  return {
    addresses: options.addresses,
    publicClient: options.publicClient,
    edgeUrl: options.edgeUrl.replace(/\/+$/, ''),
    timeoutMs: options.timeoutMs ?? 15_000,
    // Called through an arrow: a browser's fetch refuses to run with another `this`.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    ...(options.keyNetwork ? { keyNetwork: options.keyNetwork } : {}),
  }
}

/** Refuses a chain client that looks at another chain than the addresses are on. */
export async function checkChain({ publicClient, addresses }: Ledger): Promise<void> {
  const chainId = await publicClient.getChainId().catch(cause => {
    throw new Problem('chain_unreachable', { cause })
  })
  if (chainId !== addresses.chainId) {
    throw new Problem('chain_wrong', { got: chainId, expected: addresses.chainId })
  }
}

/** The key network of the context; verbs that seal or open need one. */
export function keyNetworkOf(market: Market): KeyNetwork {
  if (market.keyNetwork) return market.keyNetwork
  throw new Problem('config_invalid', {
    param: 'keyNetwork',
    got: 'a market without a key network',
    expected: 'createMarket({ ..., keyNetwork })',
  })
}

/** The name under which OpenAI's API asks for this work. */
export const modelOf = (ledger: Ledger, workId: string, version?: number): string =>
  formatModelId({
    chainId: ledger.addresses.chainId,
    works: ledger.addresses.works,
    workId,
    ...(version === undefined ? {} : { version }),
  })
