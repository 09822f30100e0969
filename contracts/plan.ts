/** What a ledger consists of: each creation with its arguments and, before anything is sent, its address. */
import { type Abi, type Address, encodeDeployData, getContractAddress, type Hex, zeroHash } from 'viem'
import { gateAbi, gateBytecode } from './generated/gate.ts'
import { keyNetworkAbi, keyNetworkBytecode } from './generated/key-network.ts'
import { moneyAbi, moneyBytecode } from './generated/money.ts'
import { operatorsAbi, operatorsBytecode } from './generated/operators.ts'
import { policyAbi, policyBytecode } from './generated/policy.ts'
import { worksAbi, worksBytecode } from './generated/works.ts'
import { admissionsAddress } from './splitter.ts'

/** The deterministic deployment proxy: at one address on nearly every chain, it creates whatever it is sent. */
export const PROXY_ADDRESS: Address = '0x4e59b44847b379578588920cA78FbF26c0B4956C'

/** Signed the one transaction that creates the proxy, on any chain, and nothing else: its key is known to nobody. */
export const PROXY_SIGNER: Address = '0x3fAB184622Dc19b6109349B94811493BF2a45362'

/** Arguments and code alone decide the addresses. */
const SALT = zeroHash

export type KeyNode = {
  endpoint: string
  /** 48-byte compressed G1 point. */
  verificationKey: Hex
  nodeAddress: Address
  /** IPv4 address as a number. */
  ip: number
  port: number
}

export type Terms = {
  /** Announces fees, marketplaces, slashes and changes of the key network. */
  owner: Address
  /** Is credited with the protocol's fee. */
  treasury: Address
  /** Receives what is slashed: never the owner, who decides on it. */
  slashedTo: Address
  protocolFeeBps: number
  minimumBondAtomic: bigint
  keyNetwork: { nodes: readonly KeyNode[]; threshold: number; networkKey: Hex }
  /** Origin that serves metadata, without a trailing slash. */
  metadataBase: string
  /** Code hashes of smart accounts that may hold editions, besides plain and EIP-7702 accounts. */
  accountCodeHashes: readonly Hex[]
  /** What has changed since by the ledger's own rules: verification expects it, addresses ignore it. */
  since?: { owner?: Address; protocolFeeBps?: number; keyNetwork?: Terms['keyNetwork'] }
}

export type Creation = {
  name: string
  abi: Abi
  /** Creation code and constructor arguments. */
  initCode: Hex
  address: Address
}

/** One contract at the address that its code and arguments give it. */
export function planCreation(name: string, abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Creation {
  const initCode = encodeDeployData({ abi, bytecode, args: [...args] })
  const address = getContractAddress({
    opcode: 'CREATE2',
    from: PROXY_ADDRESS,
    salt: SALT,
    bytecode: initCode,
  })
  return { name, abi, initCode, address }
}

/** What is sent to the proxy for a creation. */
export const proxyData = ({ initCode }: Creation): Hex => `0x${SALT.slice(2)}${initCode.slice(2)}`

export type Plan = {
  /** In the order in which they are created. */
  creations: readonly Creation[]
  addresses: Record<
    'money' | 'policy' | 'operators' | 'works' | 'admissions' | 'gate' | 'keyNetwork',
    Address
  >
}

/** @param given The chain's money; a worthless one for tests is created where there is none. */
export function planLedger(terms: Terms, given?: Address): Plan {
  const { owner, treasury, slashedTo, protocolFeeBps, minimumBondAtomic, metadataBase } = terms
  const { nodes, threshold, networkKey } = terms.keyNetwork
  const testMoney = planCreation('TestMoney', moneyAbi, moneyBytecode)
  const money = given ?? testMoney.address
  const policyArgs = [owner, protocolFeeBps, terms.accountCodeHashes]
  const policy = planCreation('Policy', policyAbi, policyBytecode, policyArgs)
  const operatorsArgs = [money, minimumBondAtomic, owner, slashedTo]
  const operators = planCreation('Operators', operatorsAbi, operatorsBytecode, operatorsArgs)
  const worksArgs = [money, operators.address, treasury, policy.address, metadataBase]
  const works = planCreation('Works', worksAbi, worksBytecode, worksArgs)
  const admissions = admissionsAddress(works.address)
  const gate = planCreation('Gate', gateAbi, gateBytecode, [works.address, operators.address, admissions])
  const keyNetworkArgs = [owner, nodes, BigInt(threshold), networkKey]
  const keyNetwork = planCreation('KeyNetwork', keyNetworkAbi, keyNetworkBytecode, keyNetworkArgs)
  return {
    creations: [...(given ? [] : [testMoney]), policy, operators, works, gate, keyNetwork],
    addresses: {
      money,
      policy: policy.address,
      operators: operators.address,
      works: works.address,
      admissions,
      gate: gate.address,
      keyNetwork: keyNetwork.address,
    },
  }
}
