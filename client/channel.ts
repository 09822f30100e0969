/** One payment channel under x402's own client, unmodified: the wallet signs deposits, a session key signs vouchers. */
import type { Hex } from '@grimoire/schema/hex'
import { sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Quote } from '@grimoire/schema/quote'
import { x402Client, x402HTTPClient } from '@x402/core/client'
import type { PaymentPayload, PaymentRequired, PaymentRequirements } from '@x402/core/types'
import { toClientEvmSigner } from '@x402/evm'
import {
  type BatchSettlementDepositStrategyContext,
  BatchSettlementEvmScheme,
  computeChannelId,
} from '@x402/evm/batch-settlement/client'
import type { PrivateKeyAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { Market } from './market.ts'
import { channelStorage, type PaymentStore } from './payment-store.ts'
import type { CheckedQuote } from './read-quote.ts'
import { signing, type Wallet } from './wallet.ts'

const SCHEME = 'batch-settlement'
const NO_SALT: Hex = `0x${'00'.repeat(32)}`

/** Of a checked quote what a channel stands on. Without a least deposit none is made, as for a refund. */
export type PaidParty = Pick<CheckedQuote, 'paymentKey'> & {
  quote: Pick<Quote, 'payTo' | 'withdrawDelaySeconds'> & Partial<Pick<Quote, 'minDepositAtomic'>>
}

export type ChannelOptions = {
  wallet: Wallet
  sessionKey: Hex
  checked: PaidParty
  store: PaymentStore
  /** All deposits of this channel together. */
  maxDepositAtomic: bigint
  /** What to put in when a deposit is needed; as much as x402's client thinks fit without it. */
  depositAtomic?: bigint
}

type TypedMessage = Parameters<PrivateKeyAccount['signTypedData']>[0]

/** What the wallet and the session key were asked to sign so far. */
export type SignatureCount = { walletSignatures: number; vouchers: number }

export type Channel = ReturnType<typeof openChannel>

/** Refuses to deposit more than the holder allowed; the sum counts what is in the channel already. */
const depositWithin =
  (maxDepositAtomic: bigint, preferredAtomic?: bigint) =>
  (context: BatchSettlementDepositStrategyContext) => {
    const room = maxDepositAtomic - BigInt(context.currentBalance)
    if (BigInt(context.minimumDepositAmount) > room) {
      throw new Problem('cap_reached', {
        param: 'maxDepositAtomic',
        got: `a deposit of ${context.minimumDepositAmount} on top of ${context.currentBalance}`,
        expected: `at most ${maxDepositAtomic} in all`,
      })
    }
    const suggested = preferredAtomic ?? BigInt(context.depositAmount)
    const least = BigInt(context.minimumDepositAmount)
    const wanted = suggested < least ? least : suggested
    return wanted > room ? room : wanted
  }

/** Who signs for x402's client: deposits the wallet, vouchers the session key; each signature is counted. */
function signersOf(market: Market, wallet: Wallet, session: PrivateKeyAccount) {
  const count: SignatureCount = { walletSignatures: 0, vouchers: 0 }
  // Safety (both): x402 types the message as loose records; viem checks the same value when it signs.
  const walletSigner = {
    address: wallet.account.address,
    signTypedData: (message: unknown) => {
      count.walletSignatures += 1
      return signing(wallet.signTypedData({ account: wallet.account, ...(message as TypedMessage) }))
    },
  }
  const voucherSigner = {
    address: session.address,
    signTypedData: (message: unknown) => {
      count.vouchers += 1
      return session.signTypedData(message as TypedMessage)
    },
  }
  const reader = {
    // Safety: x402 passes a complete viem call; only its type is looser.
    readContract: (call: unknown) =>
      market.publicClient.readContract(call as Parameters<typeof market.publicClient.readContract>[0]),
  }
  return { depositor: toClientEvmSigner(walletSigner, reader), voucherSigner, count }
}

export function openChannel(market: Market, options: ChannelOptions) {
  const { wallet, checked, store, maxDepositAtomic, depositAtomic } = options
  const { chainId, money } = market.addresses
  const { quote, paymentKey } = checked
  const network = `eip155:${chainId}` as const
  const session = privateKeyToAccount(options.sessionKey)
  const storage = channelStorage(store)
  const { depositor, voucherSigner, count } = signersOf(market, wallet, session)
  const depositStrategy = depositWithin(maxDepositAtomic, depositAtomic)
  const scheme = new BatchSettlementEvmScheme(depositor, {
    storage,
    voucherSigner,
    salt: NO_SALT,
    depositStrategy,
  })
  // Spend controls admit our money only; the cap for one turn is checked by `requirementOf`, since a cap here
  // would also cap the deposit at five times itself.
  const client = new x402Client()
    .register(network, scheme)
    .setSpendControls({ allowedAssets: [{ network, asset: money }] })
  const config = {
    payer: wallet.account.address,
    payerAuthorizer: session.address,
    receiver: quote.payTo,
    receiverAuthorizer: paymentKey,
    token: money,
    withdrawDelay: quote.withdrawDelaySeconds,
    salt: NO_SALT,
  }
  const id = computeChannelId(config, network)
  return { id, config, network, session, count, scheme, storage, http: new x402HTTPClient(client) }
}

const refuse = (param: string, got: unknown, expected: unknown): never => {
  throw new Problem('payment_refused', { param, got: { [param]: got }, expected })
}

/** x402's server announces its least deposit, or this turn's amount when that is more; its client deposits as much. */
function refuseLargerDeposit({ amount, extra }: PaymentRequirements, quotedAtomic: string): void {
  const { minDeposit } = extra
  if (minDeposit === undefined) return
  const isNumber = typeof minDeposit === 'string' && /^\d+$/.test(minDeposit)
  if (isNumber && (BigInt(minDeposit) <= BigInt(quotedAtomic) || BigInt(minDeposit) <= BigInt(amount))) return
  refuse('minDeposit', minDeposit, `at most ${quotedAtomic}, by the quote`)
}

/**
 * The one offer of a 402 that we would pay, or the reason why not. It is called before anything is signed: a node that
 * asks to be paid elsewhere, in other money, more than its quote, or under another authorizer gets no signature.
 */
export function requirementOf(
  required: PaymentRequired,
  expected: { channel: Channel; checked: PaidParty; maxAtomic: bigint },
): PaymentRequirements {
  const { channel, checked, maxAtomic } = expected
  const offer = required.accepts.find(
    accept => accept.scheme === SCHEME && accept.network === channel.network,
  )
  if (!offer)
    return refuse(
      'accepts',
      required.accepts.map(a => `${a.scheme} ${a.network}`),
      SCHEME,
    )
  const { payTo } = checked.quote
  if (!sameAddress(offer.payTo, payTo))
    throw new Problem('pay_to_mismatch', { got: offer.payTo, expected: payTo })
  if (!sameAddress(offer.asset, channel.config.token)) refuse('asset', offer.asset, channel.config.token)
  if (!/^\d+$/.test(offer.amount) || BigInt(offer.amount) > maxAtomic) {
    refuse('amount', offer.amount, `at most ${maxAtomic}, by the quote`)
  }
  const { receiverAuthorizer, withdrawDelay, assetTransferMethod = 'eip3009' } = offer.extra
  if (typeof receiverAuthorizer !== 'string' || !sameAddress(receiverAuthorizer, checked.paymentKey)) {
    refuse('receiverAuthorizer', receiverAuthorizer, checked.paymentKey)
  }
  if (withdrawDelay !== channel.config.withdrawDelay) {
    refuse('withdrawDelay', withdrawDelay, channel.config.withdrawDelay)
  }
  const { minDepositAtomic } = checked.quote
  if (minDepositAtomic !== undefined) refuseLargerDeposit(offer, minDepositAtomic)
  if (assetTransferMethod !== 'eip3009') refuse('assetTransferMethod', assetTransferMethod, 'eip3009')
  return offer
}

/** The receipt at the end of a stream, told to x402's client as the header it expects. Voucher-typed: a deposit was
 * reported by the header already and would be counted twice. */
export async function settleTurn(
  channel: Channel,
  payload: PaymentPayload,
  paymentResponse: string,
): Promise<void> {
  const { channelConfig, voucher } = payload.payload
  const voucherPayload = { ...payload, payload: { type: 'voucher', channelConfig, voucher } }
  const header = (name: string) => (name === 'PAYMENT-RESPONSE' ? paymentResponse : null)
  await channel.http.processPaymentResult(voucherPayload, header, 200)
}

/** What this side believes the channel has been charged. */
export async function chargedAtomic(channel: Channel): Promise<bigint> {
  const known = await channel.storage.get(channel.id)
  return BigInt(known?.chargedCumulativeAmount ?? '0')
}
