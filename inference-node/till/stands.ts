/** Where channels stand on the chain, many in one question. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import type { Hex } from '@grimoire/schema/hex'
import type { PublicClient } from 'viem'

export type Stand = { channelId: Hex; balance: bigint; claimed: bigint; withdrawRequestedAt: number }

const AT_ONCE = 200

export async function standsOf(
  client: PublicClient,
  { settlement, multicall3 }: Addresses,
  channelIds: readonly Hex[],
): Promise<Stand[]> {
  const stands: Stand[] = []
  for (let at = 0; at < channelIds.length; at += AT_ONCE) {
    const some = channelIds.slice(at, at + AT_ONCE)
    const about = { address: settlement, abi: settlementAbi } as const
    const ask = { multicallAddress: multicall3, allowFailure: false } as const
    const [money, exits] = await Promise.all([
      client.multicall({
        ...ask,
        contracts: some.map(id => ({ ...about, functionName: 'channels' as const, args: [id] as const })),
      }),
      client.multicall({
        ...ask,
        contracts: some.map(id => ({
          ...about,
          functionName: 'pendingWithdrawals' as const,
          args: [id] as const,
        })),
      }),
    ])
    some.forEach((channelId, index) => {
      const [balance = 0n, claimed = 0n] = money[index] ?? []
      const [, withdrawRequestedAt = 0] = exits[index] ?? []
      stands.push({ channelId, balance, claimed, withdrawRequestedAt })
    })
  }
  return stands
}
