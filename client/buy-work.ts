/** Buying editions from their creator: one wallet signature and one transaction, and never above the buyer's ceiling. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { MINT_TYPE } from '@grimoire/schema/order'
import { Problem } from '@grimoire/schema/problem'
import { encodeAbiParameters, encodeFunctionData, keccak256, parseAbiParameters, toBytes } from 'viem'
import { nudgeEdge } from './edge.ts'
import { ledgerWork } from './ledger-work.ts'
import type { Market } from './market.ts'
import { allow, authorize, type PayBy, permit, requireMoney } from './money.ts'
import { randomBytes32, type Sent, sendCall, type Wallet } from './wallet.ts'

export type BuyWork = {
  wallet: Wallet
  workId: string
  quantity?: number
  /** Who gets the editions; the buyer without it. */
  recipient?: Hex
  /** The most that all editions together may cost. */
  maxCostAtomic: bigint
  payBy?: PayBy
  /** Who sends the transaction and pays its gas, where an authorization pays. Without one the buyer does. */
  sender?: Wallet
}

export type Bought = { workId: string; quantity: number; costAtomic: bigint; transaction: Sent }

const NONCE_FIELDS = parseAbiParameters('bytes32, uint256, uint256, address, bytes32')

/** The EIP-3009 nonce that ties an authorization to this purchase: the ledger computes the same. */
export const mintNonce = (workId: string, quantity: number, recipient: Hex, salt: Hex): Hex => {
  const type = keccak256(toBytes(MINT_TYPE))
  return keccak256(
    encodeAbiParameters(NONCE_FIELDS, [type, BigInt(workId), BigInt(quantity), recipient, salt]),
  )
}

type Purchase = { quantity: number; recipient: Hex; costAtomic: bigint; payBy: PayBy }

/** The call that pays as was wished; whatever has to be signed or allowed before is done on the way. */
async function callData(market: Market, options: BuyWork, purchase: Purchase): Promise<Hex> {
  const { wallet, workId } = options
  const { quantity, recipient, costAtomic, payBy } = purchase
  const { works } = market.addresses
  const wanted = [BigInt(workId), BigInt(quantity), recipient] as const
  if (payBy === 'allowance') {
    await allow(market, { wallet, spender: works, amountAtomic: costAtomic })
    const args = [...wanted, costAtomic] as const
    return encodeFunctionData({ abi: worksAbi, functionName: 'mint', args })
  }
  if (payBy === 'permit') {
    const permitted = await permit(market, { wallet, spender: works, valueAtomic: costAtomic })
    const args = [...wanted, costAtomic, permitted] as const
    return encodeFunctionData({ abi: worksAbi, functionName: 'mintWithPermit', args })
  }
  const salt = randomBytes32()
  const nonce = mintNonce(workId, quantity, recipient, salt)
  const authorization = await authorize(market, { wallet, to: works, valueAtomic: costAtomic, nonce })
  const args = [...wanted, salt, authorization] as const
  return encodeFunctionData({ abi: worksAbi, functionName: 'mintWithAuthorization', args })
}

export async function buyWork(market: Market, options: BuyWork): Promise<Bought> {
  const { wallet, workId, quantity = 1, recipient = wallet.account.address, maxCostAtomic } = options
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
  const payBy = costAtomic === 0n ? 'allowance' : (options.payBy ?? 'authorization')
  const data = await callData(market, options, { quantity, recipient, costAtomic, payBy })
  const transaction = await sendCall(market, {
    wallet: payBy === 'authorization' ? (options.sender ?? wallet) : wallet,
    to: market.addresses.works,
    data,
    what: 'buying editions',
  })
  await nudgeEdge(market)
  return { workId, quantity, costAtomic, transaction }
}
