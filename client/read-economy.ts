/** What the market itself takes of each sale and each answer: read from the ledger, shown before anyone pays. */
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { policyAbi } from '@grimoire/contracts/generated/policy'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

const failed = (error: unknown): never => {
  throw ledgerProblem(error, 'reading the fee of the market')
}

/** The fee in force: that of every work that is created now. */
export const protocolFeeBps = ({ publicClient, addresses }: Ledger): Promise<number> =>
  publicClient
    .readContract({ address: addresses.policy, abi: policyAbi, functionName: 'protocolFeeBps' })
    .catch(failed)

/** The fee of one work's payments: what was in force at its creation, or when somebody last had it adopted. */
export const workFeeBps = (
  { publicClient, addresses }: Ledger,
  { workId }: { workId: string },
): Promise<number> =>
  publicClient
    .readContract({
      ...{ address: addresses.works, abi: worksAbi, functionName: 'feeBpsOf' },
      args: [BigInt(workId)],
    } as const)
    .catch(failed)

/** What holds now, what is announced, what bounds both, and who may change it. Seconds are delays, unless they say `At`. */
export type Economy = {
  feeBps: number
  maxFeeBps: number
  /** Null when nothing is announced that does not hold yet. */
  announcedFee: { feeBps: number; effectiveAtSeconds: number } | null
  noticeSeconds: number
  minimumBondAtomic: string
  unbondingSeconds: number
  maxSlashBps: number
  slashNoticeSeconds: number
  keepersNoticeSeconds: number
  treasury: Hex
  slashedTo: Hex
  owners: { policy: Hex; operators: Hex; keyNetwork: Hex }
}

async function ofPolicy({ publicClient, addresses }: Ledger) {
  const at = { address: addresses.policy, abi: policyAbi } as const
  const [feeBps, maxFeeBps, [announcedBps, effectiveAtSeconds], notice, owner, { timestamp }] =
    await Promise.all([
      publicClient.readContract({ ...at, functionName: 'protocolFeeBps' }),
      publicClient.readContract({ ...at, functionName: 'MAX_PROTOCOL_FEE_BPS' }),
      publicClient.readContract({ ...at, functionName: 'announcedFee' }),
      publicClient.readContract({ ...at, functionName: 'NOTICE_SECONDS' }),
      publicClient.readContract({ ...at, functionName: 'owner' }),
      publicClient.getBlock(),
    ])
  const waits = effectiveAtSeconds > timestamp
  const announcedFee = waits ? { feeBps: announcedBps, effectiveAtSeconds: Number(effectiveAtSeconds) } : null
  return { feeBps, maxFeeBps, announcedFee, noticeSeconds: Number(notice), owner }
}

async function ofOperators({ publicClient, addresses }: Ledger) {
  const at = { address: addresses.operators, abi: operatorsAbi } as const
  const [minimum, unbonding, maxSlash, notice, slashedTo, owner] = await Promise.all([
    publicClient.readContract({ ...at, functionName: 'minimumBondAtomic' }),
    publicClient.readContract({ ...at, functionName: 'UNBONDING_DELAY' }),
    publicClient.readContract({ ...at, functionName: 'MAX_SLASH_BPS' }),
    publicClient.readContract({ ...at, functionName: 'SLASH_NOTICE' }),
    publicClient.readContract({ ...at, functionName: 'slashedTo' }),
    publicClient.readContract({ ...at, functionName: 'owner' }),
  ])
  return {
    ...{ minimumBondAtomic: String(minimum), unbondingSeconds: Number(unbonding) },
    ...{ maxSlashBps: Number(maxSlash), slashNoticeSeconds: Number(notice), slashedTo, owner },
  }
}

/** Every figure that the market can take or change, from the contracts themselves. */
export async function readEconomy(ledger: Ledger): Promise<Economy> {
  const { publicClient, addresses } = ledger
  const keepers = { address: addresses.keyNetwork, abi: keyNetworkAbi } as const
  const [policy, operators, keepersNotice, keepersOwner, treasury] = await Promise.all([
    ofPolicy(ledger),
    ofOperators(ledger),
    publicClient.readContract({ ...keepers, functionName: 'ANNOUNCEMENT_DELAY' }),
    publicClient.readContract({ ...keepers, functionName: 'owner' }),
    publicClient.readContract({ address: addresses.works, abi: worksAbi, functionName: 'treasury' }),
  ]).catch(failed)
  const { owner: policyOwner, ...fee } = policy
  const { owner: operatorsOwner, ...bonds } = operators
  const owners = { policy: policyOwner, operators: operatorsOwner, keyNetwork: keepersOwner }
  return { ...fee, ...bonds, keepersNoticeSeconds: Number(keepersNotice), treasury, owners }
}
