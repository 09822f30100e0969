/** Who may serve a work: the edge's directory, each row held against the registry and the work's own admission. */

import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { type OperatorRow, operatorsPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { edgeOf } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'
import { type OperatorRecord, readOperator } from './operator-read.ts'
import { requestJson } from './transport.ts'

const factsOf = ({ endpoint, sessionKey, paymentKey, prices }: OperatorRow | OperatorRecord) =>
  canonicalJson({
    endpoint,
    sessionKey: sessionKey.toLowerCase(),
    paymentKey: paymentKey.toLowerCase(),
    prices,
  })

/** The block at which the registry's row last changed is not the edge's: a row that is merely old is read anew. */
async function verifyRow(market: Market, row: OperatorRow): Promise<OperatorRecord> {
  const record = await readOperator(market, { operator: row.operator })
  if (!record) throw new Problem('edge_lied', { got: row.operator, expected: 'a registered operator' })
  if (factsOf(row) === factsOf(record)) return record
  const { publicClient, addresses } = market
  const keyOwner = await publicClient
    .readContract({
      address: addresses.operators,
      abi: operatorsAbi,
      functionName: 'sessionKeyOwner',
      args: [row.sessionKey],
    })
    .catch(error => {
      throw ledgerProblem(error, 'reading an operator')
    })
  // A session key belongs to one operator for ever, so a row with another's key was never true.
  if (keyOwner.toLowerCase() === row.operator.toLowerCase()) return record
  throw new Problem('edge_lied', { param: 'sessionKey', got: row.sessionKey, expected: record.sessionKey })
}

async function admits({ publicClient, addresses }: Market, workId: string, operator: Hex): Promise<boolean> {
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

/** Operators as the registry has them; of a work, those that are bonded and that it admits. */
export async function findOperators(
  market: Market,
  { workId }: { workId?: string } = {},
): Promise<OperatorRecord[]> {
  // The whole directory: a work with bonded admission lists nobody, and a stranded one is served by anyone.
  const { operators } = await requestJson(edgeOf(market), '/v1/operators', { schema: operatorsPage })
  const records = await Promise.all(operators.map(row => verifyRow(market, row)))
  if (workId === undefined) return records
  const admitted = await Promise.all(
    records.map(record => record.active && admits(market, workId, record.operator)),
  )
  return records.filter((_, index) => admitted[index])
}
