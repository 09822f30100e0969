/** Asks the chain whether one holds the work, and the machines that serve it for a price, in the order of the directory. */
import { findOperators } from '@grimoire/client/find-operators'
import { holds } from '@grimoire/client/ledger-work'
import type { Market } from '@grimoire/client/market'
import { readQuote } from '@grimoire/client/read-quote'
import { readWork } from '@grimoire/client/read-work'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { openMarket } from '../chain/open-market.ts'
import type { Place } from './place.ts'
import type { Shelf } from './shelf.ts'
import { everyUnderWay } from './under-way.ts'

/** The first machine whose quote is right, or the reason of the last that was not. One that is answering comes first. */
async function findMachine(market: Market, { shelf, wanted }: { shelf: Shelf; wanted?: Hex }) {
  const { workId } = shelf
  const [operators, [underWay]] = await Promise.all([findOperators(market, { workId }), everyUnderWay(shelf)])
  const answering = underWay?.turn.checked?.quote.operator
  const isFirst = ({ operator }: { operator: Hex }) => Number(sameAddress(operator, answering ?? ''))
  let refusal: unknown = new Problem('not_bonded', { got: '0 nodes serve this work now' })
  for (const { operator } of operators.toSorted((a, b) => isFirst(b) - isFirst(a))) {
    if (wanted && !sameAddress(operator, wanted)) continue
    try {
      return await readQuote(market, { workId, operator })
    } catch (error) {
      refusal = error
    }
  }
  throw refusal
}

export async function openPlace(shelf: Shelf, wanted?: Hex): Promise<Place> {
  const { workId, session } = shelf
  const market = await openMarket()
  const [work, held] = await Promise.all([
    readWork(market, { workId }),
    holds(market, { workId, holder: session.address }),
  ])
  if (!held) throw new Problem('not_holder', { got: session.address })
  const checked = await findMachine(market, { shelf, ...(wanted ? { wanted } : {}) })
  return { ...shelf, market, work, checked }
}

export const machinesOf = async (workId: string) => findOperators(await openMarket(), { workId })
