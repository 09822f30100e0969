/** viem's client with what every page asks of the chain; the rest of viem comes when it is first asked for. */
import { type Chain, createClient, type PublicActions, type PublicClient, type Transport } from 'viem'
import { call, getBlock, getBlockNumber, getChainId, getCode, readContract } from 'viem/actions'

const LATE = [
  ...([
    'getContractEvents',
    'getLogs',
    'multicall',
    'simulateContract',
    'simulateBlocks',
    'estimateGas',
  ] as const),
  ...(['getTransaction', 'getTransactionCount', 'getTransactionReceipt'] as const),
  ...(['waitForTransactionReceipt', 'estimateFeesPerGas', 'getGasPrice', 'getFeeHistory'] as const),
  ...(['getBalance', 'getStorageAt', 'verifyMessage', 'verifyTypedData', 'verifyHash'] as const),
  'sendRawTransaction',
] as const satisfies readonly (keyof PublicActions)[]

export type ReadingConfig = { chain: Chain; transport: Transport; pollingInterval: number }

export function createReadingClient(config: ReadingConfig): PublicClient {
  const client = createClient({
    ...config,
    // Each block may change what is true; a cached height would show a sold edition as one's own.
    cacheTime: 0,
    // No contract may name an address that we then call.
    ccipRead: false,
    batch: { multicall: true },
  })
  const late = Object.fromEntries(
    LATE.map(name => [
      name,
      async (...args: unknown[]) => {
        const { publicActions } = await import('./late-actions.ts')
        const action: unknown = Reflect.get(publicActions(client), name)
        if (typeof action === 'function') return action(...args)
        throw new TypeError(`viem has no ${name}`)
      },
    ]),
  )
  const now: Pick<
    PublicActions,
    'call' | 'getBlock' | 'getBlockNumber' | 'getChainId' | 'getCode' | 'readContract'
  > = {
    call: asked => call(client, asked),
    getBlock: asked => getBlock(client, asked),
    getBlockNumber: asked => getBlockNumber(client, asked),
    getChainId: () => getChainId(client),
    getCode: asked => getCode(client, asked),
    readContract: asked => readContract(client, asked),
  }
  // Safety: of a public client's methods only those that nothing here calls are missing; what comes late has their names.
  return client.extend(() => ({ ...late, ...now })) as unknown as PublicClient
}
