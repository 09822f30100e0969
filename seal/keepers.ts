/** The key network as the chain registers it: nodes, threshold, epoch, and the public keys everything is checked against. */
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { PublicClient } from 'viem'

export type Keeper = {
  url: string
  /** Its Shamir coordinate: position in the registry plus one. */
  index: number
  /** Compressed G1, 96 hex digits: every share it sends has to verify against it. */
  verificationKey: string
}

export type Keepers = {
  networkKey: string
  threshold: number
  nodes: Keeper[]
  epoch: { number: number; startSeconds: number }
}

/** `pinBlock` makes the reads agree with each other across a change of epoch. */
export async function readKeepers(publicClient: PublicClient, address: Hex): Promise<Keepers> {
  try {
    const blockNumber = await publicClient.getBlockNumber({ cacheTime: 0 })
    const at = { address, abi: keyNetworkAbi, blockNumber } as const
    const [networkKey, nodes, threshold, [epoch]] = await Promise.all([
      publicClient.readContract({ ...at, functionName: 'networkKey' }),
      publicClient.readContract({ ...at, functionName: 'keyNodes' }),
      publicClient.readContract({ ...at, functionName: 'threshold' }),
      publicClient.readContract({ ...at, functionName: 'getActiveUnkickedValidatorStructsAndCounts' }),
    ])
    return {
      networkKey: networkKey.slice(2).toLowerCase(),
      threshold: Number(threshold),
      nodes: nodes.map((node, position) => ({
        url: node.endpoint.replace(/\/+$/, ''),
        index: position + 1,
        verificationKey: node.verificationKey.slice(2).toLowerCase(),
      })),
      epoch: { number: Number(epoch.number), startSeconds: Number(epoch.endTime - epoch.epochLength) },
    }
  } catch (cause) {
    throw new Problem('chain_unreachable', {
      detail: 'The key network could not be read.',
      got: address,
      expected: 'a KeyNetwork contract on the chain of the RPC URL',
      cause,
    })
  }
}
