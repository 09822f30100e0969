/** What the ledger owes an account now: its credit, and what its works have accrued and nobody has gathered yet. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { readSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

const at = ({ addresses }: Ledger) => ({ address: addresses.works, abi: worksAbi }) as const

const failed = (error: unknown): never => {
  throw ledgerProblem(error, 'reading what is owed')
}

/** What can be withdrawn at once. What the account's works have accrued comes on top: `owedTo`. */
export const creditOf = (ledger: Ledger, { account }: { account: Hex }): Promise<bigint> =>
  ledger.publicClient.readContract({ ...at(ledger), functionName: 'creditOf', args: [account] }).catch(failed)

/** Whether an account is the one that the protocol's fee goes to. */
export const isTreasury = async (ledger: Ledger, account: Hex): Promise<boolean> =>
  sameAddress(
    await ledger.publicClient.readContract({ ...at(ledger), functionName: 'treasury' }).catch(failed),
    account,
  )

/** The works of a creator, or all of them, in the order of their creation: from the chain alone. */
export async function worksOf(
  ledger: Ledger,
  { creator, fromBlock }: { creator?: Hex; fromBlock?: bigint },
): Promise<bigint[]> {
  const args = creator === undefined ? {} : { creator }
  const call = { ...at(ledger), eventName: 'WorkCreated', args, strict: true } as const
  const since = fromBlock ?? BigInt(ledger.addresses.deployedAtBlock)
  const created = await readSince(ledger, since, range =>
    ledger.publicClient.getContractEvents({ ...call, ...range }),
  ).catch(failed)
  return created.map(({ args }) => args.workId)
}

export type Accrual = { workId: bigint; amountAtomic: bigint }

/** What each work has accrued for the account: for a creator its own works, for the treasury all. */
export async function accruedTo(ledger: Ledger, { account }: { account: Hex }): Promise<Accrual[]> {
  const [own, forTreasury] = await Promise.all([
    worksOf(ledger, { creator: account }),
    isTreasury(ledger, account),
  ])
  const workIds = forTreasury ? await worksOf(ledger, {}) : own
  const accruals = await Promise.all(
    workIds.map(async workId => {
      const [creatorAtomic, treasuryAtomic] = await ledger.publicClient
        .readContract({ ...at(ledger), functionName: 'accruedOf', args: [workId] })
        .catch(failed)
      const asCreator = own.includes(workId) ? creatorAtomic : 0n
      return { workId, amountAtomic: asCreator + (forTreasury ? treasuryAtomic : 0n) }
    }),
  )
  return accruals.filter(({ amountAtomic }) => amountAtomic > 0n)
}

/** Everything that `withdrawCredit` would bring. */
export async function owedTo(ledger: Ledger, { account }: { account: Hex }) {
  const [creditAtomic, accruals] = await Promise.all([
    creditOf(ledger, { account }),
    accruedTo(ledger, { account }),
  ])
  const accruedAtomic = accruals.reduce((sum, { amountAtomic }) => sum + amountAtomic, 0n)
  return { creditAtomic, accruedAtomic, owedAtomic: creditAtomic + accruedAtomic }
}
