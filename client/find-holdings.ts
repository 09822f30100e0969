/** What an account holds: the edge says where to look, the chain says how many. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { holdingsPage } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { edgeOf } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import { requestJson } from './transport.ts'

export type Holding = { workId: string; editions: bigint; openedCopies: bigint }

/** Counts are the chain's own. An edge can hide a holding, but not invent one. */
export async function findHoldings(
  market: Market,
  { holder, cursor }: { holder: Hex; cursor?: string },
): Promise<{ holdings: Holding[]; nextCursor: string | null }> {
  const parameters = new URLSearchParams({ holder, ...(cursor === undefined ? {} : { cursor }) })
  const page = await requestJson(edgeOf(market), `/v1/holdings?${parameters}`, { schema: holdingsPage })
  const { publicClient, addresses } = market
  const holdings = await Promise.all(
    page.holdings.map(async row => {
      const { workId } = row
      if (!sameAddress(row.holder, holder))
        throw new Problem('edge_lied', { got: row.holder, expected: holder })
      const [editions, openedCopies] = await Promise.all([
        editionsOf(market, { workId, holder }),
        publicClient.readContract({
          address: addresses.works,
          abi: worksAbi,
          functionName: 'openedCopies',
          args: [BigInt(workId), holder],
        }),
      ]).catch(error => {
        throw ledgerProblem(error, 'reading holdings')
      })
      return { workId, editions, openedCopies }
    }),
  )
  const held = holdings.filter(({ editions, openedCopies }) => editions + openedCopies > 0n)
  return { holdings: held, nextCursor: page.nextCursor }
}
