/** Buying editions from their creator: one wallet signature and one transaction, and never above the buyer's ceiling. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { MINT_TYPE } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { encodeAbiParameters, encodeFunctionData, keccak256, parseAbiParameters, toBytes } from 'viem'
import { nudgeEdge } from './edge.ts'
import { ledgerWork } from './ledger-work.ts'
import type { Market } from './market.ts'
import { allow, authorize, requireMoney } from './money.ts'
import { randomBytes32, type Sent, sendCall, type Wallet } from './wallet.ts'

export type BuyWork = {
  wallet: Wallet
  workId: string
  quantity?: number
  /** The most that all editions together may cost. */
  maxCostAtomic: bigint
  /** `authorization` (the default) is one signature; `allowance` is an approval first, for tokens or accounts without EIP-3009. */
  payBy?: 'authorization' | 'allowance'
  /** Who sends the transaction and pays its gas. Without one the buyer does. An authorization is good for anyone to send. */
  sender?: Wallet
}

export type Bought = { workId: string; quantity: number; costAtomic: bigint; transaction: Sent }

const NONCE_FIELDS = parseAbiParameters('bytes32, uint256, uint256, bytes32')

/** The EIP-3009 nonce that ties an authorization to this purchase: the ledger computes the same. */
export const mintNonce = (workId: string, quantity: number, salt: Hex): Hex =>
  keccak256(
    encodeAbiParameters(NONCE_FIELDS, [
      keccak256(toBytes(MINT_TYPE)),
      BigInt(workId),
      BigInt(quantity),
      salt,
    ]),
  )

async function byAuthorization(
  market: Market,
  { wallet, workId }: BuyWork,
  quantity: number,
  costAtomic: bigint,
) {
  const salt = randomBytes32()
  const nonce = mintNonce(workId, quantity, salt)
  const to = market.addresses.works
  const authorization = await authorize(market, { wallet, to, valueAtomic: costAtomic, nonce })
  const args = [BigInt(workId), BigInt(quantity), salt, authorization] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'mintWithAuthorization', args })
}

async function byAllowance(
  market: Market,
  { wallet, workId }: BuyWork,
  quantity: number,
  costAtomic: bigint,
) {
  await allow(market, { wallet, spender: market.addresses.works, amountAtomic: costAtomic })
  const args = [BigInt(workId), BigInt(quantity), wallet.account.address, costAtomic] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'mint', args })
}

export async function buyWork(market: Market, options: BuyWork): Promise<Bought> {
  const { wallet, workId, quantity = 1, maxCostAtomic } = options
  const { terms, minted } = await ledgerWork(market, workId)
  const costAtomic = BigInt(terms.priceAtomic) * BigInt(quantity)
  if (costAtomic > maxCostAtomic) {
    throw new Problem('price_above_ceiling', { got: costAtomic, expected: `at most ${maxCostAtomic}` })
  }
  if (minted + quantity > terms.editionCap) {
    throw new Problem('sold_out', { got: quantity, expected: `at most ${terms.editionCap - minted}` })
  }
  await requireMoney(market, wallet.account.address, costAtomic)
  // Nothing to authorize for a free work: the allowance path asks the wallet for no signature then.
  const allowance = options.payBy === 'allowance' || costAtomic === 0n
  const data = await (allowance ? byAllowance : byAuthorization)(market, options, quantity, costAtomic)
  const transaction = await sendCall(market, {
    wallet: allowance ? wallet : (options.sender ?? wallet),
    to: market.addresses.works,
    data,
    what: 'buying editions',
  })
  await nudgeEdge(market)
  return { workId, quantity, costAtomic, transaction }
}
