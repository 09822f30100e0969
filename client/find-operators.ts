/** Who may serve a work: the edge's directory, each row held against the registry and the work's own admission. */

import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { type OperatorRow, operatorsPage } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import type { z } from 'zod'
import { edgeOf, nullWhenAway } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'
import { adviseOperators, asAdvised } from './match-operators.ts'
import { registeredOperators } from './operator-peers.ts'
import { admits, listedOperators, type OperatorRecord, readOperator } from './operator-read.ts'
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

/** An edge without an end is not read to its end. */
const MAX_PAGES = 10
const PAGE = 500

async function directoryOf(market: Market): Promise<OperatorRow[]> {
  const rows: OperatorRow[] = []
  let cursor: string | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const path = `/v1/operators?limit=${PAGE}${from}`
    const told: z.infer<typeof operatorsPage> = await requestJson(edgeOf(market), path, {
      schema: operatorsPage,
    })
    rows.push(...told.operators)
    cursor = told.nextCursor
    if (cursor === null) break
  }
  return rows
}

/** Without an edge: who registered and, where an RPC refuses so long a history, at least whom the work lists. */
async function knownToChain(market: Market, workId?: string): Promise<OperatorRecord[]> {
  const listed = workId === undefined ? [] : await listedOperators(market, { workId })
  const registered = await registeredOperators(market).catch(error => {
    if (listed.length === 0) throw error
    return []
  })
  const known = [...new Set([...listed, ...registered])]
  const records = await Promise.all(known.map(operator => readOperator(market, { operator })))
  return records.filter(record => record !== null)
}

/** Operators as the registry has them; of a work, those that are bonded and that it admits, in the order that the edge advises. */
export async function findOperators(
  market: Market,
  { workId }: { workId?: string } = {},
): Promise<OperatorRecord[]> {
  // The whole directory: a work with bonded admission lists nobody, and a stranded one is served by anyone.
  const [rows, advice] = await Promise.all([
    directoryOf(market).catch(nullWhenAway),
    workId === undefined ? [] : adviseOperators(market, workId),
  ])
  const records = rows
    ? await Promise.all(rows.map(row => verifyRow(market, row)))
    : await knownToChain(market, workId)
  if (workId === undefined) return records
  const admitted = await Promise.all(
    records.map(record => record.active && admits(market, { workId, operator: record.operator })),
  )
  return asAdvised(
    records.filter((_, index) => admitted[index]),
    advice,
  )
}
