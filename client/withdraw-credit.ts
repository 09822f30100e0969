/** Taking out what the ledger owes an account: a creator's sales and royalties, an operator's fees, a parent's share. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import { creditOf } from './earnings.ts'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** Withdraws everything; null when nothing is owed, so that a schedule can call it without looking first. */
export async function withdrawCredit(
  ledger: Ledger,
  { wallet, to }: { wallet: Wallet; to?: Hex },
): Promise<{ amountAtomic: bigint; transaction: Sent } | null> {
  const amountAtomic = await creditOf(ledger, { account: wallet.account.address })
  if (amountAtomic === 0n) return null
  const args = [to ?? wallet.account.address] as const
  const transaction = await sendCall(ledger, {
    wallet,
    to: ledger.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'withdraw', args }),
    what: 'withdrawing credit',
  })
  return { amountAtomic, transaction }
}
