/** What the ledger's refusals mean to people: revert data becomes a Problem, named where the table has a name for it. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { keyNetworkAbi } from '@grimoire/contracts/generated/key-network'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { Problem, type ProblemCode } from '@grimoire/schema/problem'
import { type Abi, BaseError, decodeErrorResult, type Hex, parseAbi, UserRejectedRequestError } from 'viem'

/** Errors of the libraries that the contracts are built on, which their own ABIs do not list. */
const LIBRARY_ERRORS = parseAbi([
  'error TransferFromFailed()',
  'error TransferFailed()',
  'error InsufficientBalance()',
  'error InsufficientAllowance()',
  'error Reentrancy()',
])

const errorsOf = (abi: Abi) => abi.filter(item => item.type === 'error')
const ALL_ERRORS: Abi = [
  worksAbi,
  admissionsAbi,
  operatorsAbi,
  keyNetworkAbi,
  moneyAbi,
  settlementAbi,
  LIBRARY_ERRORS,
].flatMap(abi => errorsOf(abi))

const CODES: Record<string, ProblemCode> = {
  Works_UnknownWork: 'work_unknown',
  Works_NotCreator: 'not_creator',
  Works_NotOpenable: 'not_openable',
  Works_NotEnoughEditions: 'not_holder',
  Works_RecipientIsContract: 'recipient_refused',
  Works_ZeroRecipient: 'recipient_refused',
  Works_ZeroQuantity: 'request_invalid',
  Works_QuantityTooLarge: 'request_invalid',
  Works_SoldOut: 'sold_out',
  Works_CostTooHigh: 'price_above_ceiling',
  Works_ProceedsTooLow: 'proceeds_too_low',
  Works_OrderExpired: 'order_expired',
  Works_OrderTooLong: 'order_expired',
  Works_OrderFilled: 'order_filled',
  Works_WrongCounter: 'order_cancelled',
  Works_NonceUsed: 'order_cancelled',
  Works_BadSignature: 'order_signature_invalid',
  Works_NotBuyer: 'order_signature_invalid',
  Works_NothingToCancel: 'nothing_to_do',
  Works_NothingToCollect: 'nothing_to_do',
  Works_NothingToWithdraw: 'nothing_to_do',
  Works_AlreadyConfirmed: 'nothing_to_do',
  Works_AlreadyCreated: 'nothing_to_do',
  Works_ZeroEditionCap: 'terms_invalid',
  Works_RoyaltyTooHigh: 'terms_invalid',
  Works_ZeroContentHash: 'terms_invalid',
  Works_TooManyParents: 'terms_invalid',
  Works_DuplicateParent: 'terms_invalid',
  Works_ZeroParentShare: 'terms_invalid',
  Works_ParentsShareTooHigh: 'terms_invalid',
  Admissions_UnknownWork: 'work_unknown',
  Admissions_NotCreator: 'not_creator',
  Admissions_TooMany: 'terms_invalid',
  Admissions_ZeroOperator: 'terms_invalid',
  Admissions_IsBonded: 'terms_invalid',
  Admissions_AlreadyAdmitted: 'nothing_to_do',
  Admissions_Unchanged: 'nothing_to_do',
  Admissions_NotAdmitted: 'not_admitted',
  TestMoney_NotYetValid: 'authorization_invalid',
  TestMoney_Expired: 'authorization_invalid',
  TestMoney_AuthorizationUsed: 'authorization_invalid',
  TestMoney_BadSignature: 'authorization_invalid',
  TransferFromFailed: 'funds_missing',
  InsufficientBalance: 'funds_missing',
  InsufficientAllowance: 'funds_missing',
}

/** The revert data inside a viem error, wherever in its chain of causes it stands. */
export function revertData(error: unknown): Hex | undefined {
  let data: Hex | undefined
  if (!(error instanceof BaseError)) return undefined
  error.walk(cause => {
    const found: unknown =
      typeof cause === 'object' && cause !== null && 'data' in cause ? cause.data : undefined
    const inner: unknown = typeof found === 'object' && found !== null && 'data' in found ? found.data : found
    if (typeof inner === 'string' && /^0x[0-9a-fA-F]{8,}$/.test(inner)) data = inner as Hex // Safety: matched.
    return false
  })
  return data
}

const argsText = (args: readonly unknown[] | undefined) => (args ?? []).map(String).join(', ')

/** Any failure of a call to the ledger as a Problem. */
export function ledgerProblem(error: unknown, what: string): Problem {
  if (error instanceof Problem) return error
  if (error instanceof BaseError && error.walk(cause => cause instanceof UserRejectedRequestError))
    return new Problem('wallet_refused', { got: what, cause: error })
  const data = revertData(error)
  if (data) {
    try {
      const { errorName, args } = decodeErrorResult({ abi: ALL_ERRORS, data })
      const named = `${errorName}(${argsText(args)})`
      return new Problem(CODES[errorName] ?? 'transaction_reverted', {
        got: `${what}: ${named}`,
        extra: { errorName },
        cause: error,
      })
    } catch {
      return new Problem('transaction_reverted', {
        got: `${what}: revert data ${data.slice(0, 74)}`,
        cause: error,
      })
    }
  }
  const text = error instanceof BaseError ? error.shortMessage : String(error)
  if (
    /insufficient funds|exceeds the balance/i.test(
      `${text} ${error instanceof BaseError ? error.details : ''}`,
    )
  )
    return new Problem('funds_missing', {
      got: `${what}: too little of the chain’s own coin for gas`,
      cause: error,
    })
  if (/revert/i.test(text))
    return new Problem('transaction_reverted', { got: `${what}: ${text}`, cause: error })
  return new Problem('chain_unreachable', { got: `${what}: ${text}`, cause: error })
}
