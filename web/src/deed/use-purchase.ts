/** One purchase on the page: begun or gone on with, its steps told, its receipt kept until it was shown. */
import type { Wanted } from '@grimoire/client/bargain'
import type { Bought } from '@grimoire/client/purchase'
import type { PurchaseKept, Way } from '@grimoire/client/purchase-kept'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Session } from '../wallet/session.ts'
import { forgetBought, openPurchases, whileDoing } from './purchases.ts'
import { useDeed } from './use-deed.ts'

export type Order = {
  session: Session
  workId: string
  wanted: Wanted
  maxCostAtomic: bigint
  way: Way
  quantity?: number
  recipient?: PurchaseKept['recipient']
}

/** What is kept, as it would be ordered again: the client goes on with it where it was. */
export const orderOf = (session: Session, kept: PurchaseKept): Order => {
  const { workId, listing, costAtomic, way, quantity, recipient } = kept
  const wanted = listing ?? { workId }
  return { session, workId, wanted, maxCostAtomic: BigInt(costAtomic), way, quantity, recipient }
}

export function usePurchase({ session, workId, wanted, way: payBy, ...sums }: Order) {
  const deed = useDeed<Bought>()
  const queries = useQueryClient()
  const run = () =>
    deed.run(
      session,
      (hands, market, wallet, move) =>
        whileDoing(session.address, workId, async () => {
          const buyer = { ...sums, wallet, payBy, store: await openPurchases() }
          // The steps are a list that is walked through once; the check comes back before each of them.
          const tell: (typeof buyer & Parameters<typeof hands.buyWork>[1])['tell'] = step =>
            step === 'check' ? undefined : move(step)
          return 'workId' in wanted
            ? hands.buyWork(market, { ...buyer, tell, workId: wanted.workId })
            : hands.buyListing(market, { ...buyer, tell, ...wanted })
        }),
      { tellsItself: true },
    )
  const isDone = deed.state.stage === 'done'
  useEffect(() => {
    if (!isDone) return
    void forgetBought(session, workId).then(() => queries.invalidateQueries({ queryKey: ['purchases'] }))
  }, [isDone, session, workId, queries])
  return { ...deed, run: () => void run() }
}
