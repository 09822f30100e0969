/** Deploys the ledger to a chain, in an order that never changes; and x402's contracts where a chain lacks them. */
import type { Abi, Address, Hex, TestClient } from 'viem'
import { type Addresses, COLLECTOR_ADDRESS, MULTICALL3_ADDRESS, SETTLEMENT_ADDRESS } from './addresses.ts'
import { checkChain, type Deployer, deployContract } from './creation.ts'
import { collectorAbi, collectorBytecode } from './generated/collector.ts'
import { gateAbi, gateBytecode } from './generated/gate.ts'
import { keyNetworkAbi, keyNetworkBytecode } from './generated/key-network.ts'
import { moneyAbi, moneyBytecode } from './generated/money.ts'
import { multicall3Abi, multicall3Bytecode } from './generated/multicall3.ts'
import { operatorsAbi, operatorsBytecode } from './generated/operators.ts'
import { settlementAbi, settlementBytecode } from './generated/settlement.ts'
import { worksAbi, worksBytecode } from './generated/works.ts'

export type KeyNode = {
  endpoint: string
  /** 48-byte compressed G1 point. */
  verificationKey: Hex
  nodeAddress: Address
  /** IPv4 address as a number. */
  ip: number
  port: number
}

export type LedgerOptions = Deployer & {
  /** May announce changes of the key network. */
  owner: Address
  /** Is credited with the protocol's fee. */
  treasury: Address
  protocolFeeBps: number
  minimumBondAtomic: bigint
  /** An ERC-20 with EIP-3009; left out, a worthless one for tests is deployed. */
  money?: Address
  keyNetwork: { nodes: readonly KeyNode[]; threshold: number; networkKey: Hex }
  /** Origin that serves metadata, without a trailing slash. */
  metadataBase: string
  /** Code hashes of smart accounts that may hold editions, besides plain and EIP-7702 accounts. */
  accountCodeHashes?: readonly Hex[]
}

export async function deployLedger(options: LedgerOptions): Promise<Addresses> {
  const { owner, treasury, protocolFeeBps, minimumBondAtomic, metadataBase, accountCodeHashes = [] } = options
  const { nodes, threshold, networkKey } = options.keyNetwork
  const chainId = await checkChain(options)
  const put = (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) =>
    deployContract(options, name, { abi, bytecode, args })

  const money = await moneyOf(options)
  const operators = await put('Operators', operatorsAbi, operatorsBytecode, [money, minimumBondAtomic])
  const terms = [treasury, protocolFeeBps, metadataBase, accountCodeHashes]
  const works = await put('Works', worksAbi, worksBytecode, [money, operators.address, ...terms])
  const gate = await put('Gate', gateAbi, gateBytecode, [works.address, operators.address])
  const network = [owner, nodes, BigInt(threshold), networkKey]
  const keyNetwork = await put('KeyNetwork', keyNetworkAbi, keyNetworkBytecode, network)
  return {
    chainId,
    money,
    works: works.address,
    operators: operators.address,
    gate: gate.address,
    keyNetwork: keyNetwork.address,
    settlement: SETTLEMENT_ADDRESS,
    collector: COLLECTOR_ADDRESS,
    multicall3: MULTICALL3_ADDRESS,
    deployedAtBlock: Number(operators.blockNumber),
  }
}

async function moneyOf({ money, ...deployer }: LedgerOptions): Promise<Address> {
  if (!money) {
    const creation = { abi: moneyAbi, bytecode: moneyBytecode }
    return (await deployContract(deployer, 'TestMoney', creation)).address
  }
  if (await deployer.publicClient.getCode({ address: money })) return money
  throw new Error(`there is no contract at ${money}. Give the address of the chain's money, or leave it out.`)
}

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
  { address: MULTICALL3_ADDRESS, name: 'Multicall3', abi: multicall3Abi, bytecode: multicall3Bytecode },
]

/**
 * Deploys each contract, then copies its code, immutables included, to its fixed address. What already stands there
 * stays. Only development chains allow that; a private chain has the same code in its genesis.
 */
export async function installSettlement(
  options: Deployer & { testClient: Pick<TestClient, 'setCode'> },
): Promise<void> {
  await checkChain(options)
  for (const { address, name, ...creation } of FIXED) {
    if (await options.publicClient.getCode({ address })) continue
    const deployed = await deployContract(options, name, creation)
    const bytecode = await options.publicClient.getCode({ address: deployed.address })
    if (!bytecode) throw new Error(`${name} has no code at ${deployed.address}. Start the chain anew.`)
    await options.testClient.setCode({ address, bytecode })
  }
}
