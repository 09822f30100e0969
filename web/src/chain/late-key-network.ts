/** The key network as the page knows it until it seals or opens something: what speaks to it is loaded then. */
import type { createMarket, Ledger } from '@grimoire/client/market'

type KeyNetwork = NonNullable<Parameters<typeof createMarket>[0]['keyNetwork']>

export function lateKeyNetwork(ledger: Ledger): KeyNetwork {
  let opened: Promise<KeyNetwork> | null = null
  const open = () => {
    opened ??= import('@grimoire/client/key-network').then(({ openKeyNetwork }) => openKeyNetwork(ledger))
    return opened
  }
  return {
    wrapKey: async request => (await open()).wrapKey(request),
    unwrapKey: async (...asked) => (await open()).unwrapKey(...asked),
    latestBlockHash: async () => (await open()).latestBlockHash(),
    close: async () => (await opened)?.close(),
  }
}
