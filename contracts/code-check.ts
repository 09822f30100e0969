/**
 * Whether the code at an address is what a creation gives: the creation is called, which needs no state that is gone,
 * and in what it returns the few words that depend on the place are those of the right place.
 */
import {
  type Address,
  domainSeparator,
  getContractAddress,
  type Hex,
  keccak256,
  type PublicClient,
  stringToHex,
} from 'viem'
import type { Creation } from './plan.ts'
import { admissionsAddress, splitterBodyAddress } from './splitter.ts'

/** Has never sent anything on any chain: the contract that it creates in a call is its first. */
const caller: Address = `0x${keccak256(stringToHex('grimoire: creates contracts in calls')).slice(-40)}`

/** Null if the code is right; else what is wrong with it. */
export async function codeFault(client: PublicClient, creation: Creation): Promise<string | null> {
  const { name, address } = creation
  const [found, called, chainId] = await Promise.all([
    client.getCode({ address }),
    client.call({ account: caller, data: creation.initCode }),
    client.getChainId(),
  ])
  if (!found) return `${name}: got no contract at ${address}, expected one`
  const expected = moved(
    called.data ?? '0x',
    getContractAddress({ from: caller, nonce: 0n }),
    address,
    chainId,
  )
  if (found === expected) return null
  const [got, wanted] = [found, expected].map(
    code => `${(code.length - 2) / 2} bytes of hash ${keccak256(code)}`,
  )
  return `${name}, code at ${address}: got ${got}, expected ${wanted}`
}

/** The names under which our contracts are EIP-712 domains. */
const DOMAINS = ['Grimoire Works']

/** Code that was created at one address, as it would be had it been created at another. */
function moved(code: Hex, from: Address, to: Address, chainId: number): Hex {
  const dependent = (place: Address): Hex[] => [
    place,
    admissionsAddress(place),
    splitterBodyAddress(place),
    ...DOMAINS.map(name =>
      domainSeparator({ domain: { name, version: '1', chainId, verifyingContract: place } }),
    ),
  ]
  const there = dependent(to)
  const words = dependent(from).map((word, index) => [word, there[index] ?? word] as const)
  return words.reduce<string>(
    (text, [old, fresh]) => text.replaceAll(old.slice(2).toLowerCase(), fresh.slice(2).toLowerCase()),
    code,
  ) as Hex // Safety: hexadecimal digits for hexadecimal digits.
}
