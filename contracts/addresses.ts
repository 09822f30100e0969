/** Where one deployment of the ledger stands. */
type Address = `0x${string}`

export type Addresses = {
  chainId: number
  /** The ERC-20 that everything is priced in. */
  money: Address
  works: Address
  operators: Address
  /** Announces the protocol's fee, lists marketplaces. */
  policy: Address
  /** Which operators may serve each work. */
  admissions: Address
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
export const PERMIT2_COLLECTOR_ADDRESS: Address = '0x4020425FAf3B746C082C2f942b4E5159887B0005'
/** Permit2's own, on every chain that has it. */
export const PERMIT2_ADDRESS: Address = '0x000000000022D473030F116dDEE9F6B43aC78BA3'
export const MULTICALL3_ADDRESS: Address = '0xcA11bde05977b3631167028862bE2a173976CA11'

const PLACES = [
  ...(['money', 'works', 'operators', 'policy', 'admissions', 'gate', 'keyNetwork'] as const),
  ...(['settlement', 'collector', 'multicall3'] as const),
]

/** Checks what was read from a file; the refusal names the file, the field and what stands there. */
export function parseAddresses(value: unknown, file: string): Addresses {
  const found = new Map<string, unknown>(
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  )
  const refuse = (name: string, expected: string): never => {
    throw new Error(
      `${file}, ${name}: got ${JSON.stringify(found.get(name))}, expected ${expected}. Remove the file and deploy again (a devnet: npm start -- --fresh).`,
    )
  }
  const number = (name: string): number => {
    const got = found.get(name)
    return typeof got === 'number' && Number.isSafeInteger(got) && got >= 0
      ? got
      : refuse(name, 'a whole number')
  }
  const place = (name: string): Address => {
    const got = found.get(name)
    return typeof got === 'string' && /^0x[0-9a-fA-F]{40}$/.test(got)
      ? `0x${got.slice('0x'.length)}`
      : refuse(name, 'an address')
  }
  // Safety: PLACES names exactly the fields that hold an address.
  const places = Object.fromEntries(PLACES.map(name => [name, place(name)])) as Record<
    (typeof PLACES)[number],
    Address
  >
  return { chainId: number('chainId'), ...places, deployedAtBlock: number('deployedAtBlock') }
}
