/** The payment key on the chain: one transaction at a time, since parallel ones would take the same nonce. */
import type { Hex } from '@grimoire/schema/hex'
import { createWalletClient, http, type PublicClient } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { chainOf, type Ledger } from '../admission/ledger.ts'

export type GasPayer = ReturnType<typeof gasPayer>

export function gasPayer(ledger: Ledger, paymentKey: Hex) {
  const { rpcUrl, addresses } = ledger.options
  const account = privateKeyToAccount(paymentKey)
  const wallet = createWalletClient({
    account,
    chain: chainOf(addresses.chainId, rpcUrl),
    transport: http(rpcUrl),
  })
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(send: () => Promise<T>): Promise<T> => {
    const result = last.then(send)
    last = result.catch(() => undefined)
    return result
  }
  return { account, wallet, client: ledger.client as PublicClient, inTurn }
}
