/** Joining as an operator, from the owner's wallet: bond, endpoint, the two keys of the serving machine, price card. */
import type { Hex } from '@grimoire/schema/hex'
import type { Ledger } from './market.ts'
import { requireMoney } from './money.ts'
import { type BondStep, sendBonded } from './operator-bonding.ts'
import { changeCalls, type OperatorCard, registerCall, updateCall } from './operator-calls.ts'
import type { OperatorRecord } from './operator-read.ts'
import { type Sent, sendCall, simulate, type Wallet } from './wallet.ts'

/** Allows the bond and registers. Run again after a failure between the two it only does what is left. */
export async function registerOperator(
  ledger: Ledger,
  options: OperatorCard & {
    wallet: Wallet
    sessionKey: Hex
    bondAtomic: bigint
    tell?: (step: BondStep) => void
  },
): Promise<{ approval: Sent | null; transaction: Sent }> {
  const { wallet, bondAtomic } = options
  const call = registerCall(ledger.addresses, options)
  await requireMoney(ledger, wallet.account.address, bondAtomic)
  // Without its bond the registry takes it or names what is wrong with it: nothing is allowed in vain.
  await simulate(ledger, {
    account: wallet.account,
    ...registerCall(ledger.addresses, { ...options, bondAtomic: 0n }),
  })
  return sendBonded(ledger, { ...options, amountAtomic: bondAtomic, call })
}

/** Changes endpoint, payment key and price card; the session key and the bond have verbs of their own. */
export const updateOperator = async (
  ledger: Ledger,
  options: OperatorCard & { wallet: Wallet },
): Promise<Sent> => {
  const { wallet } = options
  return sendCall(ledger, { wallet, ...updateCall(ledger.addresses, options) })
}

/** Card and session key as they are wanted, in as few transactions as that takes: none, one or two. */
export async function changeOperator(
  ledger: Ledger,
  options: OperatorCard & { wallet: Wallet; record: OperatorRecord; sessionKey: Hex },
): Promise<Sent[]> {
  const { wallet, record } = options
  const calls = changeCalls(ledger.addresses, record, options)
  for (const call of calls) await simulate(ledger, { account: wallet.account, ...call })
  const sent: Sent[] = []
  for (const call of calls) sent.push(await sendCall(ledger, { wallet, ...call }))
  return sent
}
