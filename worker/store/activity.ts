/** What happened to a work, or what an account did, newest first: rows of four tables, merged, each read along its own index. */
import type { ActivityKind, ActivityPage, ActivityRow } from '@grimoire/schema/activity'
import { bytesText, hexText, ordinalText } from '@grimoire/schema/columns'
import type { Hex } from '@grimoire/schema/hex'
import type { PageQuery } from '@grimoire/schema/page'
import { getAddress } from 'viem'
import { z } from 'zod'
import type { Settings } from '../env.ts'
import { blockOf } from '../indexer/facts.ts'
import { readCursor, writeCursor } from './cursors.ts'
import { requireWorkIfNone } from './known-work.ts'

export type Subject = { workId: string } | { account: string }

/** Above the place of any event. */
const NEWEST = Number.MAX_SAFE_INTEGER

/** Events have a place on the chain, posted orders a time at this edge: a page goes on in both from where the last one ended. */
const placeSchema = z.object({
  event: z.tuple([z.number(), z.number()]),
  order: z.tuple([z.number(), z.string(), z.string()]),
})
type Place = z.infer<typeof placeSchema>
const FIRST: Place = { event: [NEWEST, 0], order: [NEWEST, '', ''] }

const UNION = ' UNION ALL '
const TRADE = `seq, CASE kind WHEN 'mint' THEN 'minted' WHEN 'sale' THEN 'sold' ELSE 'accepted' END AS kind, work,
  ${hexText('seller')} AS f, ${hexText('recipient')} AS t, quantity, cost_atomic AS cost,
  CASE kind WHEN 'mint' THEN NULL ELSE royalty_atomic END AS royalty, NULL AS version, at, ${hexText('tx')} AS tx FROM trades`
const ACT = `seq, kind, work, ${hexText('actor')}, CASE WHEN recipient IS NOT NULL THEN ${hexText('recipient')} END,
  quantity, NULL, NULL, version, at, ${hexText('tx')} FROM acts`
const MADE = `seq, 'made', ordinal AS work, ${hexText('creator')}, NULL, NULL, NULL, NULL, NULL, created_at, NULL FROM works`
/** In the tables that the chain fills works and accounts are shorter than in those of posted orders. */
const WORK = ordinalText('?1')
const ACCOUNT = bytesText('?1')
type Orders = { kind: string; sides: string; payment: string; table: string; whose: string }
const orderArm = ({ kind, sides, payment, table, whose }: Orders) =>
  `SELECT posted_at AS at, digest, ${payment} AS payment, '${kind}' AS kind, work_id, ${sides}, quantity,
     CAST(quantity * price_atomic AS TEXT) AS cost FROM ${table}
   WHERE ${whose} = ?1 AND posted_at <= ?5 AND (posted_at, digest, ${payment}) < (?5, ?6, ?7)`
const listed = (whose: string) =>
  orderArm({ kind: 'listed', sides: 'seller AS f, NULL AS t', payment: `''`, table: 'listings', whose })
const offered = (whose: string) =>
  orderArm({ kind: 'offered', sides: 'NULL AS f, buyer AS t', payment: 'payment', table: 'offers', whose })

/**
 * ?1: whose; ?2: how many; ?3, ?4: after which event; ?5 to ?7: after which order. The arms of each of the two halves are
 * merged as they are read, each along its index, so that a half reads as many rows as are wanted and one of each arm.
 */
function statementOf(subject: Subject): string {
  const whole = 'workId' in subject
  const events = whole
    ? [`${TRADE} WHERE work = ${WORK}`, `${ACT} WHERE work = ${WORK}`, `${MADE} WHERE ordinal = ${WORK}`]
    : [
        `${TRADE} WHERE seller = ${ACCOUNT}`,
        `${TRADE} WHERE recipient = ${ACCOUNT} AND seller <> ${ACCOUNT}`,
        `${ACT} WHERE actor = ${ACCOUNT}`,
        `${ACT} WHERE recipient = ${ACCOUNT}`,
      ]
  const onChain = events.map(arm => `SELECT ${arm} AND seq <= ?3 AND (seq, work) < (?3, ?4)`).join(UNION)
  const posted = [listed(whole ? 'work_id' : 'seller'), offered(whole ? 'work_id' : 'buyer')].join(UNION)
  const workId = whole ? '?1' : '(SELECT w.work_id FROM works w WHERE w.ordinal = work)'
  return `SELECT seq, kind, work, ${workId} AS workId, f, t, quantity, cost, royalty, version, at, tx,
      NULL AS digest, NULL AS payment FROM (${onChain} ORDER BY 1 DESC, 3 DESC LIMIT ?2)
    UNION ALL SELECT NULL, kind, NULL, work_id, f, t, quantity, cost, NULL, NULL, at, NULL, digest, payment
      FROM (${posted} ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT ?2)`
}

type Found = {
  seq: number | null
  kind: ActivityKind
  /** Its ordinal; null of an order. */
  work: number | null
  workId: string
  f: string | null
  t: string | null
  quantity: number | null
  cost: string | null
  royalty: string | null
  version: number | null
  at: number
  tx: string | null
  digest: string | null
  payment: string | null
}

/** By time; in one second what is on the chain stands above what was posted. */
const newestFirst = (a: Found, b: Found): number =>
  b.at - a.at ||
  (b.seq ?? -1) - (a.seq ?? -1) ||
  (b.work ?? -1) - (a.work ?? -1) ||
  (`${a.digest}${a.payment}` < `${b.digest}${b.payment}` ? 1 : -1)

const person = (account: string | null): Hex | null => (account === null ? null : getAddress(account))

const rowOf = ({
  seq,
  kind,
  workId,
  f,
  t,
  quantity,
  cost,
  royalty,
  version,
  at,
  tx,
}: Found): ActivityRow => ({
  ...{ kind, workId, from: person(f), to: person(t), quantity },
  priceAtomic: cost === null ? null : (BigInt(cost) / BigInt(quantity || 1)).toString(),
  ...{ costAtomic: cost, royaltyAtomic: royalty, version },
  blockNumber: seq === null ? null : blockOf(seq),
  atSeconds: at,
  transaction: tx as Hex | null, // Safety: a hash that the chain gave.
})

/** Where the next page begins: after the last row shown of each kind, or just above the first that was not. */
function placeAfter(shown: readonly Found[], rest: readonly Found[]): Place {
  const isEvent = ({ seq }: Found) => seq !== null
  const isOrder = ({ digest }: Found) => digest !== null
  const [event, order] = [shown.findLast(isEvent), shown.findLast(isOrder)]
  const [nextEvent, nextOrder] = [rest.find(isEvent), rest.find(isOrder)]
  return {
    event: event ? [event.seq ?? 0, event.work ?? 0] : [nextEvent ? (nextEvent.seq ?? 0) + 1 : 0, 0],
    order: order
      ? [order.at, order.digest ?? '', order.payment ?? '']
      : nextOrder
        ? [nextOrder.at, nextOrder.digest ?? '', `${nextOrder.payment ?? ''}~`]
        : [0, '', ''],
  }
}

export async function activityOf(
  db: D1Database,
  settings: Settings,
  subject: Subject,
  { limit, cursor }: PageQuery,
): Promise<ActivityPage> {
  const whose = 'workId' in subject ? subject.workId : subject.account.toLowerCase()
  const asked = JSON.stringify(['activity', Object.keys(subject)[0], whose])
  const before = (await readCursor(settings, asked, cursor, placeSchema)) ?? FIRST
  const { results } = await db
    .prepare(statementOf(subject))
    .bind(whose, limit + 1, ...before.event, ...before.order)
    .all<Found>()
  if ('workId' in subject) await requireWorkIfNone(db, { workId: whose, cursor, found: results })
  const found = results.sort(newestFirst)
  const shown = found.slice(0, limit)
  const rest = found.slice(limit)
  const next = rest.length > 0 ? placeAfter(shown, rest) : null
  return {
    activity: shown.map(rowOf),
    nextCursor: next && (await writeCursor(settings, asked, next)),
  }
}
