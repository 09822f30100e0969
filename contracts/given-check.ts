/** Whether a chain has what we do not deploy: the deployment proxy, x402's contracts, Multicall3. */
import { type Address, type Hex, hashTypedData, type PublicClient, zeroHash } from 'viem'
import type { Addresses } from './addresses.ts'
import { multicall3Abi } from './generated/multicall3.ts'
import { settlementAbi } from './generated/settlement.ts'
import { PROXY_ADDRESS } from './plan.ts'

/** What is missing or answers wrongly, each in one sentence. */
export async function givenFaults(
  client: PublicClient,
  fixed: Pick<Addresses, 'chainId' | 'settlement' | 'collector' | 'multicall3'>,
): Promise<string[]> {
  const named = { "x402's settlement": fixed.settlement, "x402's collector": fixed.collector }
  const places = Object.entries({ ...named, Multicall3: fixed.multicall3, 'the proxy': PROXY_ADDRESS })
  const absent = await Promise.all(
    places.map(async ([name, address]) =>
      (await client.getCode({ address })) ? [] : [`${name}: got no contract at ${address}, expected one`],
    ),
  )
  const faults = absent.flat()
  if (faults.length > 0) return faults
  const answers = await Promise.all([settlementFaults(client, fixed), batchFaults(client, fixed.multicall3)])
  return answers.flat()
}

/** The channel's id says at once whether domain, types and fields are those that clients sign. */
async function settlementFaults(
  client: PublicClient,
  { chainId, settlement, collector }: Pick<Addresses, 'chainId' | 'settlement' | 'collector'>,
): Promise<string[]> {
  const message = {
    ...{ payer: settlement, payerAuthorizer: collector, receiver: settlement },
    ...{ receiverAuthorizer: collector, token: settlement, withdrawDelay: 900, salt: zeroHash },
  }
  const expected = hashTypedData({ ...channelTypes, domain: channelDomain(chainId, settlement), message })
  const got = await client
    .readContract({ address: settlement, abi: settlementAbi, functionName: 'getChannelId', args: [message] })
    .catch(() => 'no answer')
  if (got === expected) return []
  return [`x402's settlement, id of a channel: got ${got}, expected ${expected}`]
}

const channelDomain = (chainId: number, verifyingContract: Hex) => ({
  ...{ name: 'x402 Batch Settlement', version: '1' },
  ...{ chainId, verifyingContract },
})

const channelTypes = {
  types: {
    ChannelConfig: [
      { name: 'payer', type: 'address' },
      { name: 'payerAuthorizer', type: 'address' },
      { name: 'receiver', type: 'address' },
      { name: 'receiverAuthorizer', type: 'address' },
      { name: 'token', type: 'address' },
      { name: 'withdrawDelay', type: 'uint40' },
      { name: 'salt', type: 'bytes32' },
    ],
  },
  primaryType: 'ChannelConfig',
} as const

async function batchFaults(client: PublicClient, multicall3: Address): Promise<string[]> {
  const functionName = 'getCurrentBlockTimestamp'
  const answer = await client
    .readContract({ address: multicall3, abi: multicall3Abi, functionName })
    .catch(() => null)
  return answer === null ? [`Multicall3 at ${multicall3}: got no answer, expected the block's time`] : []
}
