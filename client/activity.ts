/** What happened to a work, or what an account did: the edge says where to look, the transaction's own events say whether it is so. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import {
  type ActivityKind,
  type ActivityPage,
  type ActivityRow,
  activityPage,
} from '@grimoire/schema/activity'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { BlockNotFoundError, type Log, parseEventLogs, TransactionReceiptNotFoundError } from 'viem'
import { deedsOf, type LedgerEvent, lineOf } from './activity-facts.ts'
import { askEdge } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { ledgerWork } from './ledger-work.ts'
import type { Market } from './market.ts'

/** `isProven`: the ledger's own event says the same. An order that was only posted has none, nor has what an endpoint has not seen yet. */
export type Activity = ActivityRow & { isProven: boolean }
export type ActivitySlice = { activity: Activity[]; nextCursor: string | null }

type Page = { limit?: number; cursor?: string }
type Fact = { line: string; transaction: Hex }

/** Null of a block that the endpoint does not know: it may be behind the edge. */
async function secondsOf({ publicClient }: Market, blockNumber: bigint): Promise<number | null> {
  const block = await publicClient.getBlock({ blockNumber }).catch((error: unknown) => {
    if (error instanceof BlockNotFoundError) return null
    throw ledgerProblem(error, 'reading a block')
  })
  return block && Number(block.timestamp)
}

/** The works whose creator acts in these events without being named. */
const ofCreators = (events: readonly LedgerEvent[]): bigint[] =>
  events.flatMap(event =>
    event.eventName === 'Minted' || event.eventName === 'VersionPublished' ? event.args.workId : [],
  )

type Place = { blockNumber: bigint; atSeconds: number; transaction: Hex }

async function factsOf(market: Market, logs: Log[], place: Place): Promise<Fact[]> {
  const own = logs.filter(({ address }) => sameAddress(address, market.addresses.works))
  const events = parseEventLogs({ abi: worksAbi, logs: own })
  const works = [...new Set(ofCreators(events))]
  const creators = new Map(
    await Promise.all(works.map(async id => [id, (await ledgerWork(market, String(id))).creator] as const)),
  )
  const [blockNumber, atSeconds] = [Number(place.blockNumber), place.atSeconds]
  return deedsOf(events, workId => creators.get(workId) ?? null).map(deed => ({
    ...{ line: lineOf({ ...deed, blockNumber, atSeconds }), transaction: place.transaction },
  }))
}

/** Null while the endpoint knows neither the transaction nor the block that it is said to stand in. */
async function doneIn(market: Market, hash: Hex, told: number | null): Promise<Fact[] | null> {
  const receipt = await market.publicClient.getTransactionReceipt({ hash }).catch((error: unknown) => {
    if (error instanceof TransactionReceiptNotFoundError) return null
    throw ledgerProblem(error, 'reading a transaction')
  })
  if (!receipt) return told === null || (await secondsOf(market, BigInt(told))) === null ? null : []
  const { blockNumber, logs } = receipt
  const atSeconds = await secondsOf(market, blockNumber)
  return atSeconds === null ? null : factsOf(market, logs, { blockNumber, atSeconds, transaction: hash })
}

/** The event of a work's making stands in the block that the edge names, and names its transaction. */
async function madeIn(market: Market, workId: string, blockNumber: bigint): Promise<Fact[] | null> {
  const { publicClient, addresses } = market
  const atSeconds = await secondsOf(market, blockNumber)
  if (atSeconds === null) return null
  const made = await publicClient
    .getContractEvents({
      ...{ address: addresses.works, abi: worksAbi, eventName: 'WorkCreated', strict: true },
      ...{ args: { workId: BigInt(workId) }, fromBlock: blockNumber, toBlock: blockNumber },
    })
    .catch(error => {
      throw ledgerProblem(error, 'reading the making of a work')
    })
  const facts = made.map(event =>
    factsOf(market, [event], { blockNumber, atSeconds, transaction: event.transactionHash }),
  )
  return (await Promise.all(facts)).flat()
}

const POSTED: readonly ActivityKind[] = ['listed', 'offered']

/** Where on the chain a row has its proof; rows of one place share its events. */
const placeOf = ({ kind, workId, blockNumber, transaction }: ActivityRow): string =>
  kind === 'made' ? `${workId} in ${blockNumber}` : `${transaction}`

function readPlace(market: Market, { kind, workId, blockNumber, transaction }: ActivityRow) {
  if (kind === 'made') return madeIn(market, workId, BigInt(blockNumber ?? 0))
  return transaction === null ? [] : doneIn(market, transaction, blockNumber)
}

/** Each event proves one row. */
async function check(market: Market, rows: readonly ActivityRow[]): Promise<Activity[]> {
  const onChain = new Map(rows.filter(row => !POSTED.includes(row.kind)).map(row => [placeOf(row), row]))
  const known = new Map(
    await Promise.all([...onChain].map(async ([at, row]) => [at, await readPlace(market, row)] as const)),
  )
  return rows.map(row => {
    const facts = POSTED.includes(row.kind) ? null : (known.get(placeOf(row)) ?? null)
    if (!facts) return { ...row, isProven: false }
    const at = facts.findIndex(({ line }) => line === lineOf(row))
    const [fact] = at < 0 ? [] : facts.splice(at, 1)
    if (fact) return { ...row, transaction: fact.transaction, isProven: true }
    throw new Problem('edge_lied', {
      got: row,
      expected: 'an event of the ledger that says the same, for each row',
    })
  })
}

async function sliceOf(
  market: Market,
  asked: Promise<ActivityPage>,
  { belongs, expected }: { belongs: (row: ActivityRow) => boolean; expected: string },
): Promise<ActivitySlice> {
  const { activity, nextCursor } = await asked
  const strayed = activity.find(row => !belongs(row))
  if (strayed) throw new Problem('edge_lied', { got: strayed, expected })
  return { activity: await check(market, activity), nextCursor }
}

const pageOf = ({ limit, cursor }: Page) => ({ query: { limit, cursor }, schema: activityPage })

/** Newest first, a page at a time. What is not so is `edge_lied`; what an edge leaves out cannot be seen. */
export async function workActivity(
  market: Market,
  { workId, ...page }: Page & { workId: string },
): Promise<ActivitySlice> {
  const asked = askEdge(market, 'GET /v1/works/{workId}/activity', { path: { workId }, ...pageOf(page) })
  return sliceOf(market, asked, { belongs: row => row.workId === workId, expected: workId })
}

/** The same of an account, over all works. */
export async function holderActivity(
  market: Market,
  { holder, ...page }: Page & { holder: Hex },
): Promise<ActivitySlice> {
  const asked = askEdge(market, 'GET /v1/holders/{holder}/activity', { path: { holder }, ...pageOf(page) })
  const belongs = ({ from, to }: ActivityRow) =>
    [from, to].some(one => one !== null && sameAddress(one, holder))
  return sliceOf(market, asked, { belongs, expected: holder })
}
