/** The part of an order's standing that listings and offers share, in SQL: expiry, counter and nonce of its maker. */
import { type SQL, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'

/** Seconds now: the chain's own when it runs ahead of this machine, this machine's when the index stands still. */
const nowSeconds = sql.raw(
  `max(CAST(strftime('%s', 'now') AS INTEGER), (SELECT at FROM cursor WHERE id = 1))`,
)

type OrderColumns = {
  maker: SQLiteColumn
  quantity: SQLiteColumn
  nonce: SQLiteColumn
  counter: SQLiteColumn
  filledOrder: SQLiteColumn
  expiresAtSeconds: SQLiteColumn
}

/** How many of its editions have not changed hands yet. */
export const unfilled = ({ maker, nonce, counter, quantity }: OrderColumns) =>
  sql<number>`${quantity} - coalesce((SELECT n.filled FROM nonces n
    WHERE n.maker = ${maker} AND n.nonce = ${nonce} AND n.counter = ${counter}), 0)`

/** It has not expired, carries its maker's counter, and its nonce is neither cancelled nor filled with another order. */
export const standing = ({ maker, nonce, counter, filledOrder, expiresAtSeconds }: OrderColumns): SQL =>
  sql`${expiresAtSeconds} >= ${nowSeconds}
  AND ${counter} = coalesce((SELECT m.counter FROM makers m WHERE m.maker = ${maker}), '0')
  AND NOT EXISTS (SELECT 1 FROM nonces n WHERE n.maker = ${maker} AND n.nonce = ${nonce} AND n.counter = ${counter}
    AND (n.cancelled OR n.filled_order IS NOT NULL AND n.filled_order <> ${filledOrder}))`
