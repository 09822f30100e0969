/** A program that dies amid a purchase, for tests: a wallet whose owner’s program ends there, and the store that it leaves. */
import { memoryPurchases, type PurchaseStore } from './purchase-kept.ts'
import type { Wallet } from './wallet.ts'

export const killed = () => new Error('the program was killed')

/** What a store is after the program that wrote it is gone. */
export async function afterRestart(store: PurchaseStore): Promise<PurchaseStore> {
  const left = memoryPurchases()
  for (const [key, text] of await store.list('')) await left.set(key, text)
  return left
}

/** The same wallet, whose owner's program dies before it is asked to send, or after it has sent so many transactions. */
export function dyingAt(wallet: Wallet, when: 'before' | 'after', transactions = 1): Wallet {
  let count = 0
  return {
    ...wallet,
    sendTransaction: async request => {
      if (when === 'before') throw killed()
      const hash = await wallet.sendTransaction(request)
      count += 1
      if (count === transactions) throw killed()
      return hash
    },
  }
}
