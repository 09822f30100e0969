/** Leaving: unbonding begins, can be taken back, and frees the bond after its delay; adding bond is the way in again. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { allow, requireMoney } from './money.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** From the next block on the operator is inactive: key nodes open nothing for it. */
export const beginUnbonding = (ledger: Ledger, { wallet }: { wallet: Wallet }): Promise<Sent> =>
  sendCall(ledger, {
    wallet,
    to: ledger.addresses.operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'beginUnbonding' }),
    what: 'beginning to unbond',
  })

export const cancelUnbonding = (ledger: Ledger, { wallet }: { wallet: Wallet }): Promise<Sent> =>
  sendCall(ledger, {
    wallet,
    to: ledger.addresses.operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'cancelUnbonding' }),
    what: 'cancelling the unbonding',
  })

export const withdrawBond = (ledger: Ledger, { wallet, to }: { wallet: Wallet; to?: Hex }): Promise<Sent> => {
  const args = [to ?? wallet.account.address] as const
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'withdrawBond', args }),
    what: 'withdrawing the bond',
  })
}

export async function addBond(
  ledger: Ledger,
  { wallet, amountAtomic }: { wallet: Wallet; amountAtomic: bigint },
): Promise<Sent> {
  const { operators } = ledger.addresses
  await requireMoney(ledger, wallet.account.address, amountAtomic)
  await allow(ledger, { wallet, spender: operators, amountAtomic })
  return sendCall(ledger, {
    wallet,
    to: operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'addBond', args: [amountAtomic] }),
    what: 'adding bond',
  })
}
