/** An operator as the registry has it: what a node checks at its start and a client before it trusts a quote. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { zeroAddress } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

export type OperatorRecord = {
  operator: Hex
  endpoint: string
  sessionKey: Hex
  paymentKey: Hex
  prices: Prices
  bondAtomic: bigint
  active: boolean
  /** When the bond can be withdrawn; null while not unbonding. */
  freeAtSeconds: number | null
}

/** The registry's record of an owner, or null when there is none. */
export async function readOperator(
  { publicClient, addresses }: Ledger,
  { operator }: { operator: Hex },
): Promise<OperatorRecord | null> {
  const registry = { address: addresses.operators, abi: operatorsAbi } as const
  const [found, active] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'operator', args: [operator] }),
    publicClient.readContract({ ...registry, functionName: 'isActive', args: [operator] }),
  ]).catch(error => {
    throw ledgerProblem(error, 'reading an operator')
  })
  if (sameAddress(found.paymentKey, zeroAddress)) return null
  const { turnFeeAtomic, inputPerMillionBytesAtomic, outputPerMillionBytesAtomic } = found.prices
  return {
    operator,
    endpoint: found.endpoint,
    sessionKey: found.sessionKey,
    paymentKey: found.paymentKey,
    prices: {
      turnFeeAtomic: String(turnFeeAtomic),
      inputPerMillionBytesAtomic: String(inputPerMillionBytesAtomic),
      outputPerMillionBytesAtomic: String(outputPerMillionBytesAtomic),
    },
    bondAtomic: found.bondAtomic,
    active,
    freeAtSeconds: found.freeAtSeconds === 0n ? null : Number(found.freeAtSeconds),
  }
}

/** Whom the work's creator lists, in no order. A work with bonded admission may list nobody. */
export async function listedOperators(
  { publicClient, addresses }: Ledger,
  { workId }: { workId: string },
): Promise<readonly Hex[]> {
  const admissions = { address: addresses.admissions, abi: admissionsAbi } as const
  return publicClient
    .readContract({ ...admissions, functionName: 'admittedOf', args: [BigInt(workId)] })
    .catch(error => {
      throw ledgerProblem(error, 'asking whom the work lists')
    })
}

/** Whether the work lets this operator serve it, whatever its bond. */
export async function admits(
  { publicClient, addresses }: Ledger,
  { workId, operator }: { workId: string; operator: Hex },
): Promise<boolean> {
  return publicClient
    .readContract({
      address: addresses.admissions,
      abi: admissionsAbi,
      functionName: 'admits',
      args: [BigInt(workId), operator],
    })
    .catch(error => {
      throw ledgerProblem(error, 'asking whom the work admits')
    })
}
