/** Buying editions from their creator: one wallet signature and one transaction, and never above the buyer's ceiling. */
import type { Market } from './market.ts'
import { type Bought, type Buyer, purchase } from './purchase.ts'

export type BuyWork = Buyer & { workId: string }

export const buyWork = (market: Market, { workId, ...buyer }: BuyWork): Promise<Bought> =>
  purchase(market, buyer, { workId })
