/** What the ledger's refusals mean to people: the data of a revert becomes a Problem, named where the table has a name for it. */
import { type Abi, BaseError, decodeErrorResult, type Hex } from 'viem'
import { Problem, type ProblemCode } from './problem.ts'

/** Errors of the libraries that the contracts are built on, which their own ABIs do not list. */
const LIBRARY_ERRORS = [
  'TransferFromFailed',
  'TransferFailed',
  'InsufficientBalance',
  'InsufficientAllowance',
  'Reentrancy',
].map(name => ({ type: 'error', name, inputs: [] }) as const)

/** Of some contracts' interfaces, all errors, and those that the libraries under them bring. */
export const errorsOf = (abis: readonly Abi[]): Abi =>
  [...abis, LIBRARY_ERRORS].flatMap(abi => abi.filter(item => item.type === 'error'))

const CODES: Record<string, ProblemCode> = {
  Works_UnknownWork: 'work_unknown',
  Works_NotCreator: 'not_creator',
  Works_NotOpenable: 'not_openable',
  Works_NotEnoughEditions: 'not_holder',
  Works_RecipientIsContract: 'recipient_refused',
  Works_ZeroRecipient: 'recipient_refused',
  TransferToNonERC1155ReceiverImplementer: 'recipient_refused',
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
  Operators_AlreadyRegistered: 'nothing_to_do',
  Operators_NotRegistered: 'operator_unknown',
  Operators_SessionKeyTaken: 'operator_key_refused',
  Operators_ZeroSessionKey: 'operator_key_refused',
  Operators_PaymentKeyTaken: 'operator_key_refused',
  Operators_PaymentKeyIsOwner: 'operator_key_refused',
  Operators_ZeroPaymentKey: 'operator_key_refused',
  Operators_Unbonding: 'bond_leaving',
  Operators_NotUnbonding: 'nothing_to_do',
  Operators_BondLocked: 'bond_locked',
  Operators_ZeroBond: 'nothing_to_do',
  Operators_ZeroAmount: 'nothing_to_do',
  Operators_NoSlash: 'nothing_to_do',
  Operators_AlreadyAnswered: 'nothing_to_do',
  TestMoney_NotYetValid: 'authorization_invalid',
  TestMoney_Expired: 'authorization_invalid',
  TestMoney_AuthorizationUsed: 'authorization_invalid',
  TestMoney_BadSignature: 'authorization_invalid',
  TransferFromFailed: 'funds_missing',
  InsufficientBalance: 'funds_missing',
  InsufficientAllowance: 'funds_missing',
}

/** The revert data inside a viem error, wherever in its chain of causes it stands. */
function revertData(error: unknown): Hex | undefined {
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

/** Null when the failure was no revert with data. */
export function revertProblem(error: unknown, what: string, abi: Abi): Problem | null {
  const data = revertData(error)
  if (!data) return null
  try {
    const { errorName, args } = decodeErrorResult({ abi, data })
    const got = `${what}: ${errorName}(${argsText(args)})`
    return new Problem(CODES[errorName] ?? 'transaction_reverted', {
      got,
      extra: { errorName },
      cause: error,
    })
  } catch {
    const got = `${what}: revert data ${data.slice(0, 74)}`
    return new Problem('transaction_reverted', { got, cause: error })
  }
}
