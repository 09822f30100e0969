/** What the tests of this folder expect: a refusal of one name, and a wallet that is asked so often. */
import assert from 'node:assert/strict'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import type { Wallet } from './wallet.ts'

/** For `assert.rejects`: a refusal of this code, about this parameter where one is named. */
export const refusedAs = (code: ProblemCode, param?: string) => (error: unknown) => {
  assert.ok(isProblem(error, code), `expected ${code}, got ${error}`)
  if (param) assert.equal(error.details.param, param)
  return true
}

/** The same wallet; it counts what it is asked to sign. */
export function watched(wallet: Wallet) {
  const asked = { signatures: 0, messages: 0 }
  const signTypedData: typeof wallet.signTypedData = request => {
    asked.signatures += 1
    return wallet.signTypedData(request)
  }
  const signMessage: typeof wallet.signMessage = request => {
    asked.messages += 1
    return wallet.signMessage(request)
  }
  // Safety: the wallet with two of its methods around themselves.
  return { asked, wallet: { ...wallet, signTypedData, signMessage } as Wallet }
}
