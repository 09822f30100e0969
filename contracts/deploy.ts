/** Deploys the ledger to a chain, in an order that never changes; and x402's contracts where a chain lacks them. */
import type { Abi, Address, Hex, PublicClient, TestClient } from 'viem'
import {
  type Addresses,
  COLLECTOR_ADDRESS,
  MULTICALL3_ADDRESS,
  PERMIT2_ADDRESS,
  PERMIT2_COLLECTOR_ADDRESS,
  SETTLEMENT_ADDRESS,
} from './addresses.ts'
import {
  type Created,
  checkChain,
  checkProxy,
  createOnce,
  type Deployer,
  deployContract,
} from './creation.ts'
import { collectorAbi, collectorBytecode } from './generated/collector.ts'
import { multicall3Abi, multicall3Bytecode } from './generated/multicall3.ts'
import { permit2Abi, permit2Bytecode } from './generated/permit2.ts'
import { permit2CollectorAbi, permit2CollectorBytecode } from './generated/permit2-collector.ts'
import { settlementAbi, settlementBytecode } from './generated/settlement.ts'
import { type Plan, planLedger, type Terms } from './plan.ts'

export type { KeyNode } from './plan.ts'

/** Where a development chain burns what is slashed, if nobody else was named. */
const BURN_ADDRESS: Address = '0x000000000000000000000000000000000000dEaD'

export type LedgerOptions = Deployer &
  Omit<Terms, 'slashedTo' | 'accountCodeHashes'> & {
    /** An ERC-20 with EIP-2612 and EIP-3009; left out, a worthless one for tests is deployed. */
    money?: Address
    /** Left out, the treasury; burned, where that is the owner. */
    slashedTo?: Address
    accountCodeHashes?: readonly Hex[]
  }

/** Deploys what is missing of a ledger for development and tests, and says where all of it stands. */
export async function deployLedger(options: LedgerOptions): Promise<Addresses> {
  const { publicClient, walletClient, money, accountCodeHashes = [], ...terms } = options
  const { slashedTo = terms.treasury === terms.owner ? BURN_ADDRESS : terms.treasury } = options
  const chainId = walletClient.chain.id
  await checkChain(publicClient, chainId)
  await checkProxy(publicClient)
  if (money && !(await publicClient.getCode({ address: money }))) {
    throw new Error(
      `there is no contract at ${money}. Give the address of the chain's money, or leave it out.`,
    )
  }
  const plan = planLedger({ ...terms, slashedTo, accountCodeHashes }, money)
  const created = await createAll({ publicClient, walletClient }, plan)
  // A development chain that was started again has forgotten old states; it is short enough to be read from its beginning.
  const since = await firstBlock(publicClient, plan, created).catch(() => 0n)
  return addressesOf(plan, chainId, since)
}

/** Creates, in order, whatever is missing; says at once of each how it went. */
export async function createAll(
  deployer: Deployer,
  { creations }: Plan,
  onCreated: (created: Created) => void = () => {},
): Promise<Created[]> {
  const all: Created[] = []
  for (const creation of creations) {
    const created = await createOnce(deployer, creation)
    if (!created) continue
    all.push(created)
    onCreated(created)
  }
  return all
}

/**
 * The block in which the first contract of a ledger was created. If some stood before, it is looked for in old states,
 * which the chain may have forgotten.
 */
export async function firstBlock(
  client: PublicClient,
  { creations }: Plan,
  created: readonly Created[],
): Promise<bigint> {
  const own = creations.filter(({ name }) => name !== 'TestMoney')
  const [first, ...others] = created.filter(({ creation }) => own.includes(creation))
  if (first && others.length === own.length - 1) return first.blockNumber
  const anyStoodAt = async (blockNumber: bigint): Promise<boolean> => {
    const codes = await Promise.all(own.map(({ address }) => client.getCode({ address, blockNumber })))
    return codes.some(code => code !== undefined)
  }
  let [before, since] = [0n, await client.getBlockNumber()]
  while (since - before > 1n) {
    const middle = (before + since) / 2n
    if (await anyStoodAt(middle)) since = middle
    else before = middle
  }
  return since
}

export const addressesOf = ({ addresses }: Plan, chainId: number, deployedAtBlock: bigint): Addresses => ({
  chainId,
  ...addresses,
  settlement: SETTLEMENT_ADDRESS,
  collector: COLLECTOR_ADDRESS,
  multicall3: MULTICALL3_ADDRESS,
  deployedAtBlock: Number(deployedAtBlock),
})

type Fixed = { address: Address; name: string; abi: Abi; bytecode: Hex; args?: readonly unknown[] }

const FIXED: readonly Fixed[] = [
  { address: SETTLEMENT_ADDRESS, name: 'BatchSettlement', abi: settlementAbi, bytecode: settlementBytecode },
  {
    address: COLLECTOR_ADDRESS,
    name: 'Erc3009Collector',
    abi: collectorAbi,
    bytecode: collectorBytecode,
    args: [SETTLEMENT_ADDRESS],
  },
  {
    address: PERMIT2_COLLECTOR_ADDRESS,
    name: 'Permit2Collector',
    abi: permit2CollectorAbi,
    bytecode: permit2CollectorBytecode,
    args: [SETTLEMENT_ADDRESS, PERMIT2_ADDRESS],
  },
  { address: PERMIT2_ADDRESS, name: 'Permit2', abi: permit2Abi, bytecode: permit2Bytecode },
  { address: MULTICALL3_ADDRESS, name: 'Multicall3', abi: multicall3Abi, bytecode: multicall3Bytecode },
]

/**
 * Deploys each contract, then copies its code, immutables included, to its fixed address. What already stands there
 * stays. Only development chains allow that; a private chain has the same code in its genesis.
 */
export async function installSettlement(
  options: Deployer & { testClient: Pick<TestClient, 'setCode'> },
): Promise<void> {
  await checkChain(options.publicClient, options.walletClient.chain.id)
  await checkProxy(options.publicClient)
  for (const { address, name, ...creation } of FIXED) {
    if (await options.publicClient.getCode({ address })) continue
    const deployed = await deployContract(options, name, creation)
    const bytecode = await options.publicClient.getCode({ address: deployed.address })
    if (!bytecode) throw new Error(`${name} has no code at ${deployed.address}. Start the chain anew.`)
    await options.testClient.setCode({ address, bytecode })
  }
}
