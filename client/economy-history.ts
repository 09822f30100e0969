/** Every fee, slash and change of keepers that was ever announced, oldest last: from the contracts' own events. */
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { policyAbi } from '@grimoire/contracts/generated/policy'
import type { Hex } from '@grimoire/schema/hex'
import { type BlockRange, readSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

export type Announcement = { blockNumber: bigint; transaction: Hex } & (
  | { kind: 'fee_announced'; feeBps: number; effectiveAtSeconds: number }
  | { kind: 'fee_withdrawn'; feeBps: number }
  | { kind: 'marketplace_announced' | 'marketplace_removed'; account: Hex; effectiveAtSeconds: number }
  | { kind: 'slash_announced'; operator: Hex; amountAtomic: string; reason: string; dueAtSeconds: number }
  | { kind: 'slashed'; operator: Hex; amountAtomic: string }
  | { kind: 'keepers_announced'; nodes: number; threshold: number; activatableAtSeconds: number }
)

type Place = { blockNumber: bigint; transactionHash: Hex }
const placeOf = ({ blockNumber, transactionHash }: Place) => ({ blockNumber, transaction: transactionHash })

async function ofPolicy({ publicClient, addresses }: Ledger, range: BlockRange): Promise<Announcement[]> {
  const at = { address: addresses.policy, abi: policyAbi, strict: true, ...range } as const
  const [announced, withdrawn, listed, removed] = await Promise.all([
    publicClient.getContractEvents({ ...at, eventName: 'FeeAnnounced' }),
    publicClient.getContractEvents({ ...at, eventName: 'FeeWithdrawn' }),
    publicClient.getContractEvents({ ...at, eventName: 'MarketplaceAnnounced' }),
    publicClient.getContractEvents({ ...at, eventName: 'MarketplaceRemoved' }),
  ])
  return [
    ...announced.map(log => ({
      ...{ ...placeOf(log), kind: 'fee_announced' as const, feeBps: log.args.feeBps },
      effectiveAtSeconds: Number(log.args.effectiveAtSeconds),
    })),
    ...withdrawn.map(log => ({ ...placeOf(log), kind: 'fee_withdrawn' as const, feeBps: log.args.feeBps })),
    ...listed.map(log => ({
      ...{ ...placeOf(log), kind: 'marketplace_announced' as const, account: log.args.marketplace },
      effectiveAtSeconds: Number(log.args.effectiveAtSeconds),
    })),
    ...removed.map(log => ({
      ...{ ...placeOf(log), kind: 'marketplace_removed' as const, account: log.args.marketplace },
      effectiveAtSeconds: Number(log.args.effectiveAtSeconds),
    })),
  ]
}

async function ofOperators({ publicClient, addresses }: Ledger, range: BlockRange): Promise<Announcement[]> {
  const at = { address: addresses.operators, abi: operatorsAbi, strict: true, ...range } as const
  const [announced, taken] = await Promise.all([
    publicClient.getContractEvents({ ...at, eventName: 'SlashAnnounced' }),
    publicClient.getContractEvents({ ...at, eventName: 'Slashed' }),
  ])
  return [
    ...announced.map(log => ({
      ...{ ...placeOf(log), kind: 'slash_announced' as const, operator: log.args.operator },
      ...{ amountAtomic: String(log.args.amountAtomic), reason: log.args.reason },
      dueAtSeconds: Number(log.args.dueAtSeconds),
    })),
    ...taken.map(log => ({
      ...{ ...placeOf(log), kind: 'slashed' as const, operator: log.args.operator },
      amountAtomic: String(log.args.amountAtomic),
    })),
  ]
}

async function ofKeepers({ publicClient, addresses }: Ledger, range: BlockRange): Promise<Announcement[]> {
  const at = { address: addresses.keyNetwork, abi: keyNetworkAbi, strict: true, ...range } as const
  const announced = await publicClient.getContractEvents({ ...at, eventName: 'Announced' })
  return announced.map(log => ({
    ...{ ...placeOf(log), kind: 'keepers_announced' as const, nodes: log.args.nodes.length },
    ...{ threshold: Number(log.args.threshold) },
    activatableAtSeconds: Number(log.args.activatableAtSeconds),
  }))
}

export async function economyHistory(ledger: Ledger): Promise<Announcement[]> {
  const fromBlock = BigInt(ledger.addresses.deployedAtBlock)
  const found = await readSince(ledger, fromBlock, async range => {
    const of = [ofPolicy(ledger, range), ofOperators(ledger, range), ofKeepers(ledger, range)]
    return (await Promise.all(of)).flat()
  }).catch(error => {
    throw ledgerProblem(error, 'reading what was announced')
  })
  return found.sort((a, b) => Number(b.blockNumber - a.blockNumber))
}
