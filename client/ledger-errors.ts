/** Any failure of a call to the ledger as a Problem. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { Problem } from '@grimoire/schema/problem'
import { errorsOf, revertProblem } from '@grimoire/schema/revert'
import { BaseError, UserRejectedRequestError } from 'viem'

const LEDGER_ERRORS = errorsOf([
  worksAbi,
  admissionsAbi,
  operatorsAbi,
  keyNetworkAbi,
  moneyAbi,
  settlementAbi,
])

/** Any failure of a call to the ledger as a Problem. */
export function ledgerProblem(error: unknown, what: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof BaseError && error.walk(cause => cause instanceof UserRejectedRequestError))
    return new Problem('wallet_refused', { got: what, cause: error })
  const refused = revertProblem(error, what, LEDGER_ERRORS)
  if (refused) return refused
  const text = error instanceof BaseError ? error.shortMessage : String(error)
  if (
    /insufficient funds|exceeds the balance/i.test(
      `${text} ${error instanceof BaseError ? error.details : ''}`,
    )
  )
    return new Problem('gas_missing', { got: what, cause: error })
  if (/revert/i.test(text))
    return new Problem('transaction_reverted', { got: `${what}: ${text}`, cause: error })
  return new Problem('chain_unreachable', { got: `${what}: ${text}`, cause: error })
}
