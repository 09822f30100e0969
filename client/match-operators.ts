/** An edge's advice on whom to ask first. It is an order and nothing more: who may serve, and for how much, the chain and the quote say. */
import { type MatchRow, matchAnswer } from '@grimoire/schema/directory'
import type { Hex } from '@grimoire/schema/hex'
import { orderRows, scoreOf } from '@grimoire/schema/match'
import { edgeOf } from './edge.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'

/** An edge may put up its own figures, but not an order that is not theirs: the draw is by our nonce. */
export function isHonestOrder(rows: readonly MatchRow[], asked: { workId: string; nonce: string }): boolean {
  const again = orderRows(rows, asked)
  return rows.every((row, at) => row.score === scoreOf(row.parts) && again[at] === row)
}

/** The best first; nobody, when the edge gives no advice or one that its own figures do not bear out. */
export async function adviseOperators(market: Market, workId: string): Promise<Hex[]> {
  if (market.edgeUrl === null) return []
  const nonce = crypto.randomUUID()
  const path = `/v1/works/${workId}/match?nonce=${nonce}`
  const told = await requestJson(edgeOf(market), path, { schema: matchAnswer, retries: 0 }).catch(() => null)
  if (!told || !isHonestOrder(told.operators, { workId, nonce })) return []
  return told.operators.map(({ operator }) => operator)
}

/** Those that are advised first, in that order; the others stay as they were. */
export function asAdvised<T extends { operator: Hex }>(records: readonly T[], advice: readonly Hex[]): T[] {
  const places = new Map(advice.map((operator, at) => [operator.toLowerCase(), at]))
  const place = ({ operator }: T) => places.get(operator.toLowerCase()) ?? advice.length
  return [...records].sort((a, b) => place(a) - place(b))
}
