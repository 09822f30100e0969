/** An operator's own word on a slash that is announced against it. */
import type { Ledger } from './market.ts'
import { answerSlashCall } from './operator-calls.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export const answerSlash = (
  ledger: Ledger,
  { wallet, words }: { wallet: Wallet; words: string },
): Promise<Sent> => sendCall(ledger, { wallet, ...answerSlashCall(ledger.addresses, words) })
