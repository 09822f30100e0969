/** Leaving: unbonding begins, can be taken back, and frees the bond after its delay; adding bond is the way in again. */
import type { Hex } from '@grimoire/schema/hex'
import type { Ledger } from './market.ts'
import { requireMoney } from './money.ts'
import { type BondStep, sendBonded } from './operator-bonding.ts'
import { addBondCall, beginUnbondingCall, cancelUnbondingCall, withdrawBondCall } from './operator-calls.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** From the next block on the operator is inactive: key nodes open nothing for it. */
export const beginUnbonding = (ledger: Ledger, { wallet }: { wallet: Wallet }): Promise<Sent> =>
  sendCall(ledger, { wallet, ...beginUnbondingCall(ledger.addresses) })

export const cancelUnbonding = (ledger: Ledger, { wallet }: { wallet: Wallet }): Promise<Sent> =>
  sendCall(ledger, { wallet, ...cancelUnbondingCall(ledger.addresses) })

export const withdrawBond = (ledger: Ledger, { wallet, to }: { wallet: Wallet; to?: Hex }): Promise<Sent> =>
  sendCall(ledger, { wallet, ...withdrawBondCall(ledger.addresses, to ?? wallet.account.address) })

export async function addBond(
  ledger: Ledger,
  options: { wallet: Wallet; amountAtomic: bigint; tell?: (step: BondStep) => void },
): Promise<Sent> {
  await requireMoney(ledger, options.wallet.account.address, options.amountAtomic)
  const call = addBondCall(ledger.addresses, options.amountAtomic)
  const { transaction } = await sendBonded(ledger, { ...options, call })
  return transaction
}
