/** What a deployment would do: each address, the gas of what is missing, and the sum. Needs no key. */
import type { Address, PublicClient } from 'viem'
import { checkConstructor } from './creation.ts'
import { type Creation, type Plan, PROXY_ADDRESS, proxyData } from './plan.ts'

export type Forecast = {
  rows: { name: string; address: Address; stands: boolean; gas: bigint }[]
  gas: bigint
  /** Exact where the chain simulates blocks; else each is estimated for itself, 1 to 2 % too high. */
  isExact: boolean
}

/** Throws what a constructor would refuse. Every creation is called by `account`, which needs no balance. */
export async function forecast(client: PublicClient, plan: Plan, account: Address): Promise<Forecast> {
  const codes = await Promise.all(plan.creations.map(({ address }) => client.getCode({ address })))
  const missing = plan.creations.filter((_, index) => !codes[index])
  for (const creation of missing) await checkConstructor(client, creation, account)
  const simulated = await simulate(client, missing, account)
  const gasOf = simulated ?? (await estimate(client, missing, account))
  const rows = plan.creations.map(creation => ({
    name: creation.name,
    address: creation.address,
    stands: !missing.includes(creation),
    gas: gasOf.get(creation) ?? 0n,
  }))
  return { rows, gas: rows.reduce((sum, { gas }) => sum + gas, 0n), isExact: simulated !== null }
}

type GasOf = Map<Creation, bigint>

/** All in one imagined block, one after the other; null where the chain cannot. */
async function simulate(
  client: PublicClient,
  creations: readonly Creation[],
  account: Address,
): Promise<GasOf | null> {
  const calls = creations.map(creation => ({ account, to: PROXY_ADDRESS, data: proxyData(creation) }))
  const blocks = await client.simulateBlocks({ blocks: [{ calls }] }).catch(() => null)
  const results = blocks?.[0]?.calls
  if (!results || results.some(({ status }) => status !== 'success')) return null
  return new Map(creations.map((creation, index) => [creation, results[index]?.gasUsed ?? 0n]))
}

async function estimate(
  client: PublicClient,
  creations: readonly Creation[],
  account: Address,
): Promise<GasOf> {
  const gasOf: GasOf = new Map()
  for (const creation of creations) {
    const call = { account, to: PROXY_ADDRESS, data: proxyData(creation) }
    gasOf.set(creation, await client.estimateGas(call))
  }
  return gasOf
}
