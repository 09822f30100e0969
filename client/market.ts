/** The small context that every verb takes first: which ledger, which chain client, which edge and mirrors, which key network. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { formatModelId } from '@grimoire/schema/model-id'
import { Problem } from '@grimoire/schema/problem'
import type { KeyNetwork } from '@grimoire/seal/network'
import type { PublicClient } from 'viem'

/** What an operator's verbs need: no edge, no key network. */
export type Ledger = { readonly addresses: Addresses; readonly publicClient: PublicClient }

export type Market = Ledger & {
  /** Null: no edge. What is left is what chain and mirrors know, which is enough to buy and to chat. */
  readonly edgeUrl: string | null
  /** Folders anywhere on the web whose files are blobs, named by their sha256. Asked after the edge, and believed as little. */
  readonly mirrors: readonly string[]
  /** IPFS gateways, by their origins: asked last, and believed as little. */
  readonly gateways: readonly string[]
  readonly timeoutMs: number
  readonly fetch: typeof fetch
  readonly keyNetwork?: KeyNetwork
}

function placeOf(param: string, url: string): string {
  if (URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new Problem('config_invalid', { param, got: url, expected: 'an absolute URL' })
}

/** Makes the context. It does no I/O: `checkChain` asks the chain whether it is the right one. */
export function createMarket(options: {
  addresses: Addresses
  publicClient: PublicClient
  edgeUrl?: string | null
  mirrors?: readonly string[]
  gateways?: readonly string[]
  keyNetwork?: KeyNetwork
  timeoutMs?: number
  fetch?: typeof fetch
}): Market {
  const { edgeUrl = null, mirrors = [], gateways = [] } = options
  return {
    addresses: options.addresses,
    publicClient: options.publicClient,
    edgeUrl: edgeUrl === null ? null : placeOf('edgeUrl', edgeUrl),
    mirrors: mirrors.map(url => placeOf('mirrors', url)),
    gateways: gateways.map(url => placeOf('gateways', url)),
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
