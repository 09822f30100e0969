/** The directory of operators, from the chain alone. An endpoint is a stranger's text: whoever calls it judges it first. */
import type { OperatorRow } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { admissions, operators } from '@grimoire/schema/tables'
import { and, asc, eq, exists } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { getAddress } from 'viem'

/** With `workId` only those that the work's creator lists. */
export async function listOperators(
  db: D1Database,
  {
    workId,
    minimumBondAtomic,
    limit,
  }: { workId?: string | undefined; minimumBondAtomic: bigint; limit: number },
): Promise<OperatorRow[]> {
  const orm = drizzle(db)
  const listed = orm
    .select({ operator: admissions.operator })
    .from(admissions)
    .where(
      and(
        eq(admissions.operator, operators.operator),
        eq(admissions.workId, workId ?? ''),
        eq(admissions.admitted, true),
      ),
    )
  const rows = await orm
    .select()
    .from(operators)
    .where(workId === undefined ? undefined : exists(listed))
    .orderBy(asc(operators.registeredAtSeconds), asc(operators.operator))
    .limit(limit)
  return rows.map(row => ({
    operator: getAddress(row.operator),
    endpoint: row.endpoint,
    sessionKey: row.sessionKey as Hex, // Safety: a bytes32 that the chain emitted.
    paymentKey: getAddress(row.paymentKey),
    prices: {
      turnFeeAtomic: String(row.turnFeeAtomic),
      inputPerMillionBytesAtomic: String(row.inputPerMillionBytesAtomic),
      outputPerMillionBytesAtomic: String(row.outputPerMillionBytesAtomic),
    },
    bondAtomic: row.bondAtomic,
    active: row.freeAtSeconds === null && BigInt(row.bondAtomic) >= minimumBondAtomic,
    freeAtSeconds: row.freeAtSeconds,
  }))
}
