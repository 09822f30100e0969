/** What a gateway stands on: the market, the holder's wallet, a store for keys and grants, the book, and its limits. */
import type { Market } from '../market.ts'
import type { PaymentStore } from '../payment-store.ts'
import type { Wallet } from '../wallet.ts'
import type { Book } from './book.ts'

export type GatewayStore = PaymentStore & { list(prefix: string): Promise<[key: string, text: string][]> }

export type GatewayLimits = {
  maxTurnAtomic: bigint
  /** The most that may lie in one channel beyond what it was charged: what a node that vanishes keeps for its delay. */
  maxDepositAtomic: bigint
  /** Channels for one work at one operator; each answers one turn at a time and has a deposit of its own. */
  lanes: number
  answerTimeoutMs: number
}

export type GatewayLog = (line: Record<string, unknown>) => void

export type GatewayContext = {
  market: Market
  wallet: Wallet
  store: GatewayStore
  book: Book
  limits: GatewayLimits
  log: GatewayLog
}
