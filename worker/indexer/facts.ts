/** What the ledger said: its logs decoded, with their place on the chain. Nothing here judges or stores. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { AbiEvent } from 'viem'
import { decodeEventLog, type Hex, type Log, toEventSelector } from 'viem'

const eventsOf = <const A extends readonly { type: string }[]>(abi: A) =>
  abi.filter((item): item is Extract<A[number], { type: 'event' }> => item.type === 'event')

const ledgerEvents = [...eventsOf(worksAbi), ...eventsOf(operatorsAbi), ...eventsOf(admissionsAbi)]
let selectors: Set<string> | null = null
/** Hashed when first asked for: most requests read no log, and a Worker is to start fast. */
const isKnown = (topic: string | undefined): boolean => {
  selectors ??= new Set(ledgerEvents.map(event => toEventSelector(event as AbiEvent))) // Safety: filtered to events above.
  return selectors.has(topic ?? '')
}

const decode = (log: Log) =>
  decodeEventLog({ abi: ledgerEvents, data: log.data, topics: log.topics, strict: true })

type Decoded = ReturnType<typeof decode>
export type Fact = Decoded & { block: number; seq: number; atSeconds: number; transaction: Hex }
export type FactOf<N extends Decoded['eventName']> = Extract<Fact, { eventName: N }>

/** 2^20 logs fit in a block: at some 375 gas for the cheapest, a block of 390 million gas. */
const LOGS_PER_BLOCK = 2 ** 20
export const seqOf = (block: number, logIndex: number): number => block * LOGS_PER_BLOCK + logIndex
export const blockOf = (seq: number): number => Math.floor(seq / LOGS_PER_BLOCK)
/** The lowest place that a later block's events can have. */
export const seqAfter = (block: number): number => (block + 1) * LOGS_PER_BLOCK

/** Logs of events that we do not know (a later version of the ledger) are passed over; a known one must decode. */
export function factsOf(logs: readonly Log[], atSecondsOf: (block: number) => number): Fact[] {
  const facts: Fact[] = []
  for (const log of logs) {
    if (log.blockNumber === null || log.logIndex === null || log.transactionHash === null) continue
    if (!isKnown(log.topics[0])) continue
    const block = Number(log.blockNumber)
    facts.push({
      ...decode(log),
      block,
      seq: seqOf(block, log.logIndex),
      atSeconds: atSecondsOf(block),
      transaction: log.transactionHash,
    } as Fact) // Safety: a spread of a union is not narrowed by the compiler; every member gains the same four fields.
  }
  return facts.sort((a, b) => a.seq - b.seq)
}
