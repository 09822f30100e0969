/** Replacing a node's session key in one call: from the next block on, grants to the old key open nothing. */
import type { Hex } from '@grimoire/schema/hex'
import type { Ledger } from './market.ts'
import { rotateSessionKeyCall } from './operator-calls.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export const rotateSessionKey = (
  ledger: Ledger,
  { wallet, sessionKey }: { wallet: Wallet; sessionKey: Hex },
): Promise<Sent> => sendCall(ledger, { wallet, ...rotateSessionKeyCall(ledger.addresses, sessionKey) })
