/** Where one deployment of the ledger stands. */
type Address = `0x${string}`

export type Addresses = {
  chainId: number
  /** The ERC-20 that everything is priced in. */
  money: Address
  works: Address
  operators: Address
  gate: Address
  keyNetwork: Address
  /** x402's batch settlement, its collector of EIP-3009 deposits, and Multicall3: fixed on every chain. */
  settlement: Address
  collector: Address
  multicall3: Address
  /** No event of this deployment is older. */
  deployedAtBlock: number
}

/** npm's x402 packages fix these addresses; so must every chain that runs with them. */
export const SETTLEMENT_ADDRESS: Address = '0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003'
export const COLLECTOR_ADDRESS: Address = '0x4020806089470a89826cB9fB1f4059150b550004'
export const MULTICALL3_ADDRESS: Address = '0xcA11bde05977b3631167028862bE2a173976CA11'
