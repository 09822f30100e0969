/** What an account holds: the edge says where to look, the chain says how many. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { holdingsPage } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { readSince } from './block-ranges.ts'
import { askEdge, nullWhenAway } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'

export type Holding = { workId: string; editions: bigint; openedCopies: bigint }

/** Every work that the account was ever given an edition of, by the ledger's own events. */
async function everHeld(market: Market, holder: Hex): Promise<string[]> {
  const { publicClient, addresses } = market
  const at = { address: addresses.works, abi: worksAbi, args: { to: holder }, strict: true } as const
  const ids = await readSince(market, BigInt(addresses.deployedAtBlock), async range => {
    const [one, many] = await Promise.all([
      publicClient.getContractEvents({ ...at, eventName: 'TransferSingle', ...range }),
      publicClient.getContractEvents({ ...at, eventName: 'TransferBatch', ...range }),
    ])
    return [...one.map(({ args }) => args.id), ...many.flatMap(({ args }) => args.ids)]
  }).catch(error => {
    throw ledgerProblem(error, 'reading holdings')
  })
  return [...new Set(ids.map(String))]
}

type Asked = { holder: Hex; limit?: number | undefined; cursor?: string | undefined }

async function whereToLook(market: Market, { holder, limit, cursor }: Asked) {
  const asked = { query: { holder, limit, cursor }, schema: holdingsPage }
  const page = await askEdge(market, 'GET /v1/holdings', asked).catch(nullWhenAway)
  if (!page) return { workIds: await everHeld(market, holder), nextCursor: null }
  const strayed = page.holdings.find(row => !sameAddress(row.holder, holder))
  if (strayed) throw new Problem('edge_lied', { got: strayed.holder, expected: holder })
  return { workIds: page.holdings.map(({ workId }) => workId), nextCursor: page.nextCursor }
}

/** Counts are the chain's own. An edge can hide a holding, but not invent one; without an edge the chain is asked for all. */
export async function findHoldings(
  market: Market,
  asked: { holder: Hex; limit?: number; cursor?: string },
): Promise<{ holdings: Holding[]; nextCursor: string | null }> {
  const { workIds, nextCursor } = await whereToLook(market, asked)
  const { holder } = asked
  const { publicClient, addresses } = market
  const holdings = await Promise.all(
    workIds.map(async workId => {
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
  return { holdings: held, nextCursor }
}
