/** What the market itself takes of each sale and each answer: read from the ledger, shown before anyone pays. */
import { policyAbi } from '@grimoire/contracts/generated/policy'
import { worksAbi } from '@grimoire/contracts/generated/works'
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
