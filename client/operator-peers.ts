/** Who else serves: operators as an edge lists them or as the chain remembers them, each with what the registry says now. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { operatorsPage } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { readSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { admits, type OperatorRecord, readOperator } from './operator-read.ts'

const EDGE_TIMEOUT_MS = 10_000

async function listedBy(edgeUrl: string): Promise<Hex[]> {
  const url = `${edgeUrl.replace(/\/+$/, '')}/v1/operators`
  const response = await fetch(url, { signal: AbortSignal.timeout(EDGE_TIMEOUT_MS) })
  return operatorsPage.parse(await response.json()).operators.map(({ operator }) => operator)
}

/** On a chain with a long history this takes many questions; an edge is asked first. */
export async function registeredOperators(ledger: Ledger): Promise<Hex[]> {
  const { publicClient, addresses } = ledger
  const call = { address: addresses.operators, abi: operatorsAbi, eventName: 'OperatorRegistered' } as const
  const events = await readSince(ledger, BigInt(addresses.deployedAtBlock), range =>
    publicClient.getContractEvents({ ...call, strict: true, ...range }),
  ).catch(error => {
    throw ledgerProblem(error, 'reading who registered')
  })
  return [...new Set(events.map(({ args }) => args.operator))]
}

async function knownOperators(ledger: Ledger, edges: readonly string[]): Promise<Hex[]> {
  for (const edge of edges) {
    // An edge that does not answer is passed over: the chain knows them all.
    const listed = await listedBy(edge).catch(() => null)
    if (listed) return listed
  }
  return registeredOperators(ledger)
}

/** All that are active now, whatever they serve. */
export async function activeOperators(
  ledger: Ledger,
  { edges }: { edges: readonly string[] },
): Promise<OperatorRecord[]> {
  const operators = await knownOperators(ledger, edges)
  const records = await Promise.all(operators.map(operator => readOperator(ledger, { operator })))
  return records.filter(record => record !== null).filter(({ active }) => active)
}

/** Of these, those whom the work admits. */
export async function admittedTo(
  ledger: Ledger,
  { workId, among }: { workId: string; among: readonly OperatorRecord[] },
): Promise<OperatorRecord[]> {
  const admitted = await Promise.all(among.map(({ operator }) => admits(ledger, { workId, operator })))
  return among.filter((_, at) => admitted[at])
}
