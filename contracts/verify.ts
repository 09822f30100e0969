/** Reads a deployment back from its chain: all code, every constructor fact, and what is given there. */
import { type Address, isAddressEqual, type PublicClient } from 'viem'
import type { Addresses } from './addresses.ts'
import { codeFault } from './code-check.ts'
import { admissionsAbi, admissionsBytecode } from './generated/admissions.ts'
import { gateAbi } from './generated/gate.ts'
import { keyNetworkAbi } from './generated/key-network.ts'
import { operatorsAbi } from './generated/operators.ts'
import { policyAbi } from './generated/policy.ts'
import { worksAbi } from './generated/works.ts'
import { givenFaults } from './given-check.ts'
import { moneyFaults } from './money-check.ts'
import { planCreation, planLedger, type Terms } from './plan.ts'
import { splitterAddress, splitterBodyAddress } from './splitter.ts'

/** Each fault in one sentence; none if the deployment is what the code and the terms say. */
export async function verifyLedger(
  client: PublicClient,
  addresses: Addresses,
  terms: Terms,
  given?: Address,
): Promise<string[]> {
  const chainId = await client.getChainId()
  if (chainId !== addresses.chainId) {
    return [`the chain's id: got ${chainId}, expected ${addresses.chainId}, where this deployment stands`]
  }
  const misplaced = placeFaults(addresses, terms, given)
  if (misplaced.length > 0) return misplaced
  const wrongCode = await codeFaults(client, addresses, terms, given)
  // A contract that is not ours answers what it likes.
  if (wrongCode.length > 0) return wrongCode
  const faults = await Promise.all([
    factFaults(client, addresses, terms),
    givenFaults(client, addresses),
    moneyFaults(client, addresses.money),
  ])
  return faults.flat()
}

/** Where code and terms put each contract, against where the file has it. */
export function placeFaults(addresses: Addresses, terms: Terms, given?: Address): string[] {
  const expected = planLedger(terms, given).addresses
  const names = Object.keys(expected) as (keyof typeof expected)[] // Safety: a plain record of ours.
  return names
    .filter(name => !isAddressEqual(addresses[name], expected[name]))
    .map(
      name =>
        `${name}: the addresses file has ${addresses[name]}, this code and these terms give ${expected[name]}`,
    )
}

async function codeFaults(
  client: PublicClient,
  { works, operators, admissions }: Addresses,
  terms: Terms,
  given?: Address,
): Promise<string[]> {
  const { creations } = planLedger(terms, given)
  const inner = {
    ...planCreation('Admissions', admissionsAbi, admissionsBytecode, [works, operators]),
    address: admissions,
  }
  const faults = await Promise.all([...creations, inner].map(creation => codeFault(client, creation)))
  return faults.flatMap(fault => fault ?? [])
}

type Fact = { what: string; got: unknown; expected: unknown }

/** As text: a number and a bigint of one value are one fact, and so are two ways to write an address. */
const said = (value: unknown): string => {
  const plain = (_: string, part: unknown) =>
    typeof part === 'bigint' || typeof part === 'number' ? String(part) : part
  return JSON.stringify(value, plain).replaceAll('"', '').toLowerCase()
}

async function factFaults(client: PublicClient, addresses: Addresses, terms: Terms): Promise<string[]> {
  const facts = await Promise.all([
    policyFacts(client, addresses, terms),
    operatorsFacts(client, addresses, terms),
    worksFacts(client, addresses, terms),
    pointerFacts(client, addresses),
    keyNetworkFacts(client, addresses, terms),
  ])
  return facts
    .flat()
    .filter(({ got, expected }) => said(got) !== said(expected))
    .map(({ what, got, expected }) => `${what}: got ${said(got)}, expected ${said(expected)}`)
}

const ownerOf = ({ owner, since }: Terms): Address => since?.owner ?? owner

async function policyFacts(client: PublicClient, { policy }: Addresses, terms: Terms): Promise<Fact[]> {
  const at = { address: policy, abi: policyAbi } as const
  const listed = terms.accountCodeHashes.map(async hash => ({
    what: `Policy, account code ${hash}`,
    got: await client.readContract({ ...at, functionName: 'isAccountCode', args: [hash] }),
    expected: true,
  }))
  const [owner, fee, ...codes] = await Promise.all([
    client.readContract({ ...at, functionName: 'owner' }),
    client.readContract({ ...at, functionName: 'protocolFeeBps' }),
    ...listed,
  ])
  const expectedFee = terms.since?.protocolFeeBps ?? terms.protocolFeeBps
  return [
    { what: 'Policy, owner', got: owner, expected: ownerOf(terms) },
    { what: 'Policy, protocolFeeBps', got: fee, expected: expectedFee },
    ...codes,
  ]
}

async function operatorsFacts(client: PublicClient, addresses: Addresses, terms: Terms): Promise<Fact[]> {
  const at = { address: addresses.operators, abi: operatorsAbi } as const
  const [money, bond, owner, slashedTo] = await Promise.all([
    client.readContract({ ...at, functionName: 'money' }),
    client.readContract({ ...at, functionName: 'minimumBondAtomic' }),
    client.readContract({ ...at, functionName: 'owner' }),
    client.readContract({ ...at, functionName: 'slashedTo' }),
  ])
  return [
    { what: 'Operators, money', got: money, expected: addresses.money },
    { what: 'Operators, minimumBondAtomic', got: bond, expected: terms.minimumBondAtomic },
    { what: 'Operators, owner', got: owner, expected: ownerOf(terms) },
    { what: 'Operators, slashedTo', got: slashedTo, expected: terms.slashedTo },
  ]
}

async function worksFacts(client: PublicClient, addresses: Addresses, terms: Terms): Promise<Fact[]> {
  const { works } = addresses
  const at = { address: works, abi: worksAbi } as const
  const [money, treasury, policy, admissions, body, uri, splitter, domain] = await Promise.all([
    client.readContract({ ...at, functionName: 'money' }),
    client.readContract({ ...at, functionName: 'treasury' }),
    client.readContract({ ...at, functionName: 'policy' }),
    client.readContract({ ...at, functionName: 'admissions' }),
    client.readContract({ ...at, functionName: 'splitterBody' }),
    client.readContract({ ...at, functionName: 'uri', args: [0n] }),
    client.readContract({ ...at, functionName: 'splitterOf', args: [1n, works] }),
    client.readContract({ ...at, functionName: 'eip712Domain' }),
  ])
  return [
    { what: 'Works, money', got: money, expected: addresses.money },
    { what: 'Works, treasury', got: treasury, expected: terms.treasury },
    { what: 'Works, policy', got: policy, expected: addresses.policy },
    { what: 'Works, admissions', got: admissions, expected: addresses.admissions },
    { what: 'Works, splitterBody', got: body, expected: splitterBodyAddress(works) },
    { what: 'Works, uri', got: uri, expected: `${terms.metadataBase}/v1/metadata/{id}` },
    { what: 'Works, splitterOf', got: splitter, expected: splitterAddress(works, 1n, works) },
    { what: 'Works, domain', got: [domain[3], domain[4]], expected: [addresses.chainId, works] },
  ]
}

/** Whom the contracts that only read ask. */
async function pointerFacts(client: PublicClient, addresses: Addresses): Promise<Fact[]> {
  const gate = { address: addresses.gate, abi: gateAbi } as const
  const admissions = { address: addresses.admissions, abi: admissionsAbi } as const
  const [works, operators, list, listWorks, listOperators] = await Promise.all([
    client.readContract({ ...gate, functionName: 'works' }),
    client.readContract({ ...gate, functionName: 'operators' }),
    client.readContract({ ...gate, functionName: 'admissions' }),
    client.readContract({ ...admissions, functionName: 'works' }),
    client.readContract({ ...admissions, functionName: 'operators' }),
  ])
  return [
    { what: 'Gate, works', got: works, expected: addresses.works },
    { what: 'Gate, operators', got: operators, expected: addresses.operators },
    { what: 'Gate, admissions', got: list, expected: addresses.admissions },
    { what: 'Admissions, works', got: listWorks, expected: addresses.works },
    { what: 'Admissions, operators', got: listOperators, expected: addresses.operators },
  ]
}

async function keyNetworkFacts(client: PublicClient, addresses: Addresses, terms: Terms): Promise<Fact[]> {
  const at = { address: addresses.keyNetwork, abi: keyNetworkAbi } as const
  const { nodes, threshold, networkKey } = terms.since?.keyNetwork ?? terms.keyNetwork
  const [owner, foundNodes, foundThreshold, foundKey] = await Promise.all([
    client.readContract({ ...at, functionName: 'owner' }),
    client.readContract({ ...at, functionName: 'keyNodes' }),
    client.readContract({ ...at, functionName: 'threshold' }),
    client.readContract({ ...at, functionName: 'networkKey' }),
  ])
  const rowOf = ({ endpoint, verificationKey, nodeAddress, ip, port }: (typeof nodes)[number]) => [
    ...[endpoint, verificationKey, nodeAddress, ip, port],
  ]
  return [
    { what: 'KeyNetwork, owner', got: owner, expected: ownerOf(terms) },
    { what: 'KeyNetwork, nodes', got: foundNodes.map(rowOf), expected: nodes.map(rowOf) },
    { what: 'KeyNetwork, threshold', got: foundThreshold, expected: threshold },
    { what: 'KeyNetwork, networkKey', got: foundKey, expected: networkKey },
  ]
}
