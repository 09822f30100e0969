/** The relayer's own transaction: within its limits, signed with its key, and sent. */
import { withSpareGas } from '@grimoire/schema/gas'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { BaseError, HttpRequestError, keccak256, TimeoutError, TransactionReceiptNotFoundError } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import {
  estimateMaxPriorityFeePerGas,
  getBalance,
  getGasPrice,
  getTransactionCount,
  getTransactionReceipt,
  sendRawTransaction,
} from 'viem/actions'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'
import { simulate } from '../trading/prepare.ts'
import type { Relayed } from './book.ts'

/** Null where the edge relays nothing. */
export const relayerOf = ({ RELAYER_KEY }: Settings): PrivateKeyAccount | null =>
  RELAYER_KEY === undefined ? null : privateKeyToAccount(RELAYER_KEY)

async function gasFor(settings: Settings, account: PrivateKeyAccount, data: Hex): Promise<bigint> {
  const call = { from: account.address, to: settings.ADDRESSES.works, data, what: 'relaying a purchase' }
  const { gas: used } = await simulate(settings, call)
  const gas = withSpareGas(used)
  if (gas <= settings.RELAYER_MAX_GAS) return gas
  throw new Problem('relay_refused', { got: `${gas} gas`, expected: `at most ${settings.RELAYER_MAX_GAS}` })
}

/** What gas may cost now; refuses while it costs more than the relayer pays, or while it has too little left. */
async function feesFor(settings: Settings, account: PrivateKeyAccount, gas: bigint) {
  const chain = chainOf(settings)
  const [price, tip, balance] = await asking(
    Promise.all([
      getGasPrice(chain),
      estimateMaxPriorityFeePerGas(chain),
      getBalance(chain, { address: account.address }),
    ]),
  )
  const most = settings.RELAYER_MAX_GAS_PRICE_WEI
  if (price > most) {
    const expected = `gas at ${most} wei or less`
    throw new Problem('relayer_waits', { got: `gas at ${price} wei`, expected })
  }
  const maxFeePerGas = price * 2n < most ? price * 2n : most
  const left = balance - gas * maxFeePerGas
  if (left < settings.RELAYER_MIN_BALANCE_WEI) {
    throw new Problem('relayer_waits', { got: 'a relayer that is almost out of gas money' })
  }
  return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas }
}

/** Signs it; nothing has gone out yet. */
export async function signRelay(settings: Settings, data: Hex) {
  const account = relayerOf(settings)
  if (!account) throw new Problem('relayer_off')
  const gas = await gasFor(settings, account, data)
  const fees = await feesFor(settings, account, gas)
  const accountNonce = await asking(
    getTransactionCount(chainOf(settings), { address: account.address, blockTag: 'pending' }),
  )
  const { chainId, works: to } = settings.ADDRESSES
  const raw = await account.signTransaction({ chainId, to, data, gas, nonce: accountNonce, ...fees })
  return { raw, transaction: keccak256(raw), accountNonce }
}

const isUnsure = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk(cause => cause instanceof HttpRequestError || cause instanceof TimeoutError) !== null

/** `sent`: it is on its way, or may be; `refused`: the chain will not have these bytes. */
export async function broadcast(settings: Settings, raw: Hex): Promise<'sent' | 'refused'> {
  try {
    await sendRawTransaction(chainOf(settings), { serializedTransaction: raw })
    return 'sent'
  } catch (error) {
    return isUnsure(error) || /already known|already imported/i.test(String(error)) ? 'sent' : 'refused'
  }
}

/** What became of it. `lost`: another transaction of the relayer took its place, so it never will be mined. */
export async function fateOf(
  settings: Settings,
  { transaction: hash, accountNonce }: Relayed,
): Promise<'sent' | 'mined' | 'reverted' | 'lost'> {
  const account = relayerOf(settings)
  if (!account) throw new Problem('relayer_off')
  const chain = chainOf(settings)
  // The count first: a receipt that comes between the two questions is then found by the second.
  const mined = await asking(getTransactionCount(chain, { address: account.address }))
  try {
    const { status } = await getTransactionReceipt(chain, { hash })
    return status === 'success' ? 'mined' : 'reverted'
  } catch (cause) {
    if (!(cause instanceof TransactionReceiptNotFoundError)) throw new Problem('chain_unreachable', { cause })
    return mined > accountNonce ? 'lost' : 'sent'
  }
}
