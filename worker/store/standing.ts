/** The part of an order's standing that listings and offers share, in SQL: expiry, counter and nonce of its maker. */
import { type SQL, sql } from 'drizzle-orm'

/** Seconds now: the chain's own when it runs ahead of this machine, this machine's when the index stands still. */
const nowSeconds = sql.raw(
  `max(CAST(strftime('%s', 'now') AS INTEGER), (SELECT at FROM cursor WHERE id = 1))`,
)

/** The alias that an orders' table is read under, and its column with the maker. */
type Orders = { alias: 'l' | 'o'; maker: 'seller' | 'buyer' }

/**
 * Columns are written out with their alias: drizzle leaves it off where a query has one table, and inside these
 * subqueries the bare name would be another table's.
 */
const columnsOf = ({ alias, maker }: Orders) => {
  const column = (name: string) => sql.raw(`${alias}.${name}`)
  return {
    maker: column(maker),
    quantity: column('quantity'),
    nonce: column('nonce'),
    counter: column('counter'),
    filledOrder: column('filled_order'),
    expiresAt: column('expires_at'),
  }
}

/** How many of an order's editions have not changed hands yet. */
export function unfilled(orders: Orders): SQL<number> {
  const { maker, nonce, counter, quantity } = columnsOf(orders)
  return sql<number>`${quantity} - coalesce((SELECT n.filled FROM nonces n
    WHERE n.maker = ${maker} AND n.nonce = ${nonce} AND n.counter = ${counter}), 0)`
}

/** It has not expired, carries its maker's counter, and its nonce is neither cancelled nor filled with another order. */
export function standing(orders: Orders): SQL {
  const { maker, nonce, counter, filledOrder, expiresAt } = columnsOf(orders)
  return sql`${expiresAt} >= ${nowSeconds}
  AND ${counter} = coalesce((SELECT m.counter FROM makers m WHERE m.maker = ${maker}), '0')
  AND NOT EXISTS (SELECT 1 FROM nonces n WHERE n.maker = ${maker} AND n.nonce = ${nonce} AND n.counter = ${counter}
    AND (n.cancelled OR n.filled_order IS NOT NULL AND n.filled_order <> ${filledOrder}))`
}

/** It expired, was filled wholly, or lost its nonce or counter; null while none of this is so. */
export function fateOf(orders: Orders): SQL<'expired' | 'filled' | 'withdrawn' | null> {
  const { maker, nonce, quantity, filledOrder, expiresAt } = columnsOf(orders)
  return sql`CASE
    WHEN EXISTS (SELECT 1 FROM nonces n WHERE n.maker = ${maker} AND n.nonce = ${nonce}
      AND n.filled_order = ${filledOrder} AND n.filled >= ${quantity}) THEN 'filled'
    WHEN ${expiresAt} < ${nowSeconds} THEN 'expired'
    WHEN NOT (${standing(orders)}) THEN 'withdrawn' END`
}
