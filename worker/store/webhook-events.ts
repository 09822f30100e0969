/** The statements that tell a creator's webhooks of trades, for the batch in which the index writes or undoes them. */
import { hexText } from '@grimoire/schema/columns'

const INSERT = `INSERT INTO deliveries
  (delivery_id, webhook_id, seq, type, body, state, attempts, next_attempt_at, created_at, reverted)`
const NOW = `CAST(strftime('%s', 'now') AS INTEGER)`
const NEW_ID = `'msg_' || lower(hex(randomblob(16)))`
const STAMP = `strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`

/** Of trades with `fromSeq <= seq < toSeq`, written before in the same batch. What happened before a webhook was made is not told to it, nor what it was told when the chain was read before. */
export const tellSales = (db: D1Database, fromSeq: number, toSeq: number): D1PreparedStatement =>
  db
    .prepare(
      `${INSERT} SELECT ${NEW_ID}, h.webhook_id, t.seq, 'sale',
         json_object('type', 'sale', 'timestamp', ${STAMP}, 'data', json_object('workId', w.work_id, 'kind', t.kind,
           'seller', ${hexText('t.seller')}, 'recipient', ${hexText('t.recipient')}, 'quantity', t.quantity, 'costAtomic', t.cost_atomic,
           'royaltyAtomic', t.royalty_atomic, 'feeAtomic', t.fee_atomic, 'atSeconds', t.at, 'transaction', ${hexText('t.tx')})),
         'waiting', 0, ${NOW}, ${NOW}, 0
       FROM trades t JOIN works w ON w.ordinal = t.work JOIN webhooks h ON h.wallet = ${hexText('w.creator')}
       WHERE t.seq >= ?1 AND t.seq < ?2 AND t.at >= h.created_at - 60
         AND NOT EXISTS (SELECT 1 FROM deliveries d
           WHERE d.seq = t.seq AND d.webhook_id = h.webhook_id AND d.type = 'sale' AND NOT d.reverted)`,
    )
    .bind(fromSeq, toSeq)

/** Every sale that was told of and is undone is taken back by name; mined again, it is told of anew. */
export const tellReverted = (db: D1Database, fromSeq: number): D1PreparedStatement[] => [
  db
    .prepare(
      `${INSERT} SELECT ${NEW_ID}, d.webhook_id, d.seq, 'sale.reverted',
         json_object('type', 'sale.reverted', 'timestamp', ${STAMP},
           'data', json_set(json_extract(d.body, '$.data'), '$.reverts', d.delivery_id)),
         'waiting', 0, ${NOW}, ${NOW}, 0
       FROM deliveries d WHERE d.seq >= ? AND d.type = 'sale' AND d.reverted = 0`,
    )
    .bind(fromSeq),
  db.prepare(`UPDATE deliveries SET reverted = 1 WHERE seq >= ? AND type = 'sale'`).bind(fromSeq),
]
