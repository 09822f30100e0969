/** What an edge shows of orders, each checked: what went stale is left out, a forged one means that the edge lied. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { isProblem, Problem, type ProblemCode } from '@grimoire/schema/problem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'

export type OrderQuestion<Row> = {
  asked: { workId?: string | undefined; maker?: Hex | undefined }
  orderOf: (row: Row) => { workId: string; maker: Hex }
  /** How many editions of it are left now; throws the reason for which the ledger would take none. */
  check: (row: Row) => Promise<number>
  /** The reasons that say nothing against the edge: it has not seen them yet. */
  stale: readonly ProblemCode[]
}

/** Of an order whose signature does not hold: an account with code may take its word back, and the edge is no liar for it. */
export async function requireTakenBack(
  { publicClient }: Market,
  { row, maker, cause }: { row: unknown; maker: Hex; cause: unknown },
): Promise<void> {
  const code = await publicClient.getCode({ address: maker }).catch(error => {
    throw ledgerProblem(error, 'looking for code at a maker')
  })
  if (!code) throw new Problem('edge_lied', { got: row, expected: `an order signed by ${maker}`, cause })
}

async function leftIfStanding<Row>(
  market: Market,
  row: Row,
  question: OrderQuestion<Row>,
): Promise<number | null> {
  const { asked, orderOf, check, stale } = question
  const { workId, maker } = orderOf(row)
  if ((asked.workId && workId !== asked.workId) || (asked.maker && !sameAddress(maker, asked.maker))) {
    throw new Problem('edge_lied', { got: row, expected: asked })
  }
  try {
    return await check(row)
  } catch (error) {
    if (stale.some(code => isProblem(error, code))) return null
    if (!isProblem(error, 'order_signature_invalid')) throw error
    await requireTakenBack(market, { row, maker, cause: error })
    return null
  }
}

/** The orders that the ledger would take now, in the edge's order, each with how many editions are left of it. */
export async function standingOrders<Row>(
  market: Market,
  rows: readonly Row[],
  question: OrderQuestion<Row>,
): Promise<{ row: Row; leftQuantity: number }[]> {
  const checked = await Promise.all(
    rows.map(async row => ({ row, leftQuantity: await leftIfStanding(market, row, question) })),
  )
  return checked.flatMap(({ row, leftQuantity }) => (leftQuantity === null ? [] : [{ row, leftQuantity }]))
}
