/** How an account stands as an operator: its record, what holds its bond, and what is announced against it, by the chain's clock. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { zeroAddress } from 'viem'
import { readSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { type OperatorRecord, readOperator } from './operator-read.ts'
import { chainSeconds } from './wallet.ts'

export type PendingSlash = {
  amountAtomic: bigint
  dueAtSeconds: number
  /** From then on it can no longer be carried out. */
  lapsesAtSeconds: number
  isAnswered: boolean
  /** Null where the chain's endpoint does not look so far back. */
  reason: string | null
}

/** The ledger's rules for every bond; the constants are its code's, and change for nobody. */
export type BondRules = {
  minimumBondAtomic: bigint
  unbondingSeconds: number
  maxSlashBps: number
  slashNoticeSeconds: number
  slashAnswerSeconds: number
}

export type OperatorStanding = {
  nowSeconds: number
  record: OperatorRecord | null
  rules: BondRules
  slash: PendingSlash | null
  slashedAtSeconds: number | null
  /** Of an account that is the payment key of somebody else: whose. */
  paysFor: Hex | null
}

const registryOf = ({ addresses }: Ledger) => ({ address: addresses.operators, abi: operatorsAbi }) as const

export async function readBondRules(ledger: Ledger): Promise<BondRules> {
  const { publicClient } = ledger
  const at = registryOf(ledger)
  const [minimumBondAtomic, unbonding, maxSlash, notice, answer] = await Promise.all([
    publicClient.readContract({ ...at, functionName: 'minimumBondAtomic' }),
    publicClient.readContract({ ...at, functionName: 'UNBONDING_DELAY' }),
    publicClient.readContract({ ...at, functionName: 'MAX_SLASH_BPS' }),
    publicClient.readContract({ ...at, functionName: 'SLASH_NOTICE' }),
    publicClient.readContract({ ...at, functionName: 'SLASH_ANSWER' }),
  ]).catch(error => {
    throw ledgerProblem(error, 'reading the rules of a bond')
  })
  return {
    minimumBondAtomic,
    unbondingSeconds: Number(unbonding),
    maxSlashBps: Number(maxSlash),
    slashNoticeSeconds: Number(notice),
    slashAnswerSeconds: Number(answer),
  }
}

/** The words of the newest announcement. */
async function reasonOf(ledger: Ledger, operator: Hex): Promise<string | null> {
  const call = { ...registryOf(ledger), eventName: 'SlashAnnounced', args: { operator } } as const
  const announced = await readSince(ledger, BigInt(ledger.addresses.deployedAtBlock), range =>
    ledger.publicClient.getContractEvents({ ...call, strict: true, ...range }),
  )
    // Amount and dates stand in the ledger's state; only the words are in its history.
    .catch(() => [])
  return announced.at(-1)?.args.reason ?? null
}

export async function readStanding(
  ledger: Ledger,
  { operator }: { operator: Hex },
): Promise<OperatorStanding> {
  const { publicClient } = ledger
  const at = registryOf(ledger)
  const [nowSeconds, record, rules, [pending, slashedAt, paysFor]] = await Promise.all([
    chainSeconds(ledger),
    readOperator(ledger, { operator }),
    readBondRules(ledger),
    Promise.all([
      publicClient.readContract({ ...at, functionName: 'slashOf', args: [operator] }),
      publicClient.readContract({ ...at, functionName: 'slashedAtSeconds', args: [operator] }),
      publicClient.readContract({ ...at, functionName: 'operatorOfPaymentKey', args: [operator] }),
    ]).catch(error => {
      throw ledgerProblem(error, 'reading how an operator stands')
    }),
  ])
  const slash: PendingSlash | null =
    pending.lapsesAtSeconds > nowSeconds
      ? {
          amountAtomic: pending.amountAtomic,
          dueAtSeconds: pending.dueAtSeconds,
          lapsesAtSeconds: pending.lapsesAtSeconds,
          isAnswered: pending.isAnswered,
          reason: await reasonOf(ledger, operator),
        }
      : null
  return {
    ...{ nowSeconds, record, rules, slash },
    slashedAtSeconds: slashedAt === 0n ? null : Number(slashedAt),
    paysFor: sameAddress(paysFor, zeroAddress) ? null : paysFor,
  }
}
