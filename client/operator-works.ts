/** What an operator may do with each of some works: whether the ledger admits it, until when, and what waits to be divided. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import type { Hex } from '@grimoire/schema/hex'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { royaltiesDue } from './operator-collect-royalties.ts'

export type ServedWork = {
  workId: string
  /** Whether it may serve the work now. */
  admits: boolean
  /** `listed`: its maker lists it; `leaving`: removed, and admitted until then; `open`: anybody bonded may, or nobody lists it. */
  by: 'listed' | 'leaving' | 'open'
  leavesAtSeconds: number | null
  acceptedAtSeconds: number | null
  dueAtomic: bigint
}

const FOR_EVER = 2n ** 64n - 1n

const byOf = (until: bigint, nowSeconds: number): ServedWork['by'] => {
  if (until === FOR_EVER) return 'listed'
  return until > BigInt(nowSeconds) ? 'leaving' : 'open'
}

export async function readServedWorks(
  ledger: Ledger,
  options: { operator: Hex; workIds: readonly string[]; nowSeconds: number },
): Promise<ServedWork[]> {
  const { operator, workIds, nowSeconds } = options
  const { publicClient, addresses } = ledger
  const at = { address: addresses.admissions, abi: admissionsAbi } as const
  return Promise.all(
    workIds.map(async workId => {
      const args = [BigInt(workId), operator] as const
      const [admits, until, accepted, dueAtomic] = await Promise.all([
        publicClient.readContract({ ...at, functionName: 'admits', args }),
        publicClient.readContract({ ...at, functionName: 'admittedUntilSeconds', args }),
        publicClient.readContract({ ...at, functionName: 'acceptedAtSeconds', args }),
        royaltiesDue(ledger, { workId, operator }),
      ])
      const by = byOf(until, nowSeconds)
      return {
        ...{ workId, admits, by, dueAtomic },
        leavesAtSeconds: by === 'leaving' ? Number(until) : null,
        acceptedAtSeconds: accepted === 0n ? null : Number(accepted),
      }
    }),
  ).catch(error => {
    throw ledgerProblem(error, 'reading what an operator serves')
  })
}
