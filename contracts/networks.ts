/** The chains that the ledger is deployed to, and what is given on each. */
import type { Address, Chain } from 'viem'
import { base, baseSepolia } from 'viem/chains'
import { devnetChain } from './devnet-chain.ts'

export type NetworkName = 'devnet' | 'base-sepolia' | 'base'

export type Network = {
  name: NetworkName
  chain: Chain
  /** Circle's USDC; the devnet deploys a worthless money of its own. */
  money?: Address
  /** Asked unless another is named. */
  rpcUrl: string
  /** Real money may hang on it: no loopback addresses, no key that everyone knows. */
  isPublic: boolean
}

export const NETWORKS: Readonly<Record<NetworkName, Network>> = {
  devnet: { name: 'devnet', chain: devnetChain, rpcUrl: 'http://127.0.0.1:8545', isPublic: false },
  'base-sepolia': {
    name: 'base-sepolia',
    chain: baseSepolia,
    money: '0x036CbD53842c5426634e7929541eC2318f3dCF7e',
    rpcUrl: baseSepolia.rpcUrls.default.http[0],
    isPublic: true,
  },
  base: {
    name: 'base',
    chain: base,
    money: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
    rpcUrl: base.rpcUrls.default.http[0],
    isPublic: true,
  },
}

export function networkOf(name: string | undefined): Network {
  const found = Object.values(NETWORKS).find(network => network.name === name)
  if (found) return found
  const got = name === undefined ? 'no --network' : `--network ${name}`
  throw new Error(
    `got ${got}, expected one of ${Object.keys(NETWORKS).join(', ')}. Name the chain to deploy to.`,
  )
}
