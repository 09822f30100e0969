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

/** Lit's client knows nodes by their endpoint: of two with one endpoint, one would be asked in the other's name. */
function requireDistinct(nodes: Keeper[]): void {
  const twice = nodes.find((node, position) => nodes.findIndex(other => other.url === node.url) !== position)
  if (!twice) return
  throw new Problem('network_lying', {
    detail: 'Two key nodes are registered with one endpoint.',
    got: twice.url,
    expected: 'an endpoint of its own for each key node',
  })
}

export async function readKeepers(publicClient: PublicClient, address: Hex): Promise<Keepers> {
  const keepers = await readRegistry(publicClient, address).catch(cause => {
    throw new Problem('chain_unreachable', {
      detail: 'The key network could not be read.',
      got: address,
      expected: 'a KeyNetwork contract on the chain of the RPC URL',
      cause,
    })
  })
  requireDistinct(keepers.nodes)
  return keepers
}

/** All reads are of one block, so that they agree with each other across a change of epoch. */
async function readRegistry(publicClient: PublicClient, address: Hex): Promise<Keepers> {
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
}
