/** A call that takes a bond out of the owner's wallet: allowed first to exactly its sum, where no allowance suffices yet. */
import type { Ledger } from './market.ts'
import { allow } from './money.ts'
import type { OwnersCall } from './operator-calls.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** What the wallet is asked for next. */
export type BondStep = 'allow' | 'send'

export async function sendBonded(
  ledger: Ledger,
  options: { wallet: Wallet; amountAtomic: bigint; call: OwnersCall; tell?: (step: BondStep) => void },
): Promise<{ approval: Sent | null; transaction: Sent }> {
  const { wallet, amountAtomic, call, tell = () => {} } = options
  const spender = ledger.addresses.operators
  const onSend = () => tell('allow')
  const approval = await allow(ledger, { wallet, spender, amountAtomic, onSend })
  tell('send')
  return { approval, transaction: await sendCall(ledger, { wallet, ...call }) }
}
