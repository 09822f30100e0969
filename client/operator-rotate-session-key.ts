/** Replacing a node's session key in one call: from the next block on, grants to the old key open nothing. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export const rotateSessionKey = (
  ledger: Ledger,
  { wallet, sessionKey }: { wallet: Wallet; sessionKey: Hex },
): Promise<Sent> =>
  sendCall(ledger, {
    wallet,
    to: ledger.addresses.operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'rotateSessionKey', args: [sessionKey] }),
    what: 'rotating the session key',
  })
