/** Joining as an operator, from the owner's wallet: bond, endpoint, the two keys of the serving machine, price card. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import type { Hex } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { allow, requireMoney } from './money.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

export type OperatorCard = { endpoint: string; paymentKey: Hex; prices: Prices }

export const pricesToChain = (prices: Prices) => ({
  turnFeeAtomic: Number(prices.turnFeeAtomic),
  inputPerMillionBytesAtomic: Number(prices.inputPerMillionBytesAtomic),
  outputPerMillionBytesAtomic: Number(prices.outputPerMillionBytesAtomic),
})

function requireEndpoint(endpoint: string): void {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return
  throw new Problem('config_invalid', { param: 'endpoint', got: endpoint, expected: 'an http or https URL' })
}

/** Approves the bond, then registers. Run again after a failure between the two it only does what is left. */
export async function registerOperator(
  ledger: Ledger,
  options: OperatorCard & { wallet: Wallet; sessionKey: Hex; bondAtomic: bigint },
): Promise<{ approval: Sent | null; transaction: Sent }> {
  const { wallet, endpoint, sessionKey, paymentKey, prices, bondAtomic } = options
  const { operators } = ledger.addresses
  requireEndpoint(endpoint)
  await requireMoney(ledger, wallet.account.address, bondAtomic)
  const approval = await allow(ledger, { wallet, spender: operators, amountAtomic: bondAtomic })
  const args = [endpoint, sessionKey, paymentKey, pricesToChain(prices), bondAtomic] as const
  const transaction = await sendCall(ledger, {
    wallet,
    to: operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'register', args }),
    what: 'registering an operator',
  })
  return { approval, transaction }
}

/** Changes endpoint, payment key and price card; the session key and the bond have verbs of their own. */
export async function updateOperator(
  ledger: Ledger,
  { wallet, endpoint, paymentKey, prices }: OperatorCard & { wallet: Wallet },
): Promise<Sent> {
  requireEndpoint(endpoint)
  const args = [endpoint, paymentKey, pricesToChain(prices)] as const
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.operators,
    data: encodeFunctionData({ abi: operatorsAbi, functionName: 'update', args }),
    what: 'updating an operator',
  })
}
