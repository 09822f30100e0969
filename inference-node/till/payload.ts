/** What a payment says before anything of it is believed: whose channel, which one, and which key speaks for it. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { HTTPAdapter, HTTPRequestContext } from '@x402/core/server'
import { computeChannelId } from '@x402/evm/batch-settlement/client'
import { isVoucherBy } from './voucher.ts'

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined

/** The account that a payment would come from; verified only when `take` returned. */
export function payerOf(payload: unknown): Hex {
  const payer = field(field(payload, 'channelConfig'), 'payer')
  if (typeof payer !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(payer)) {
    throw new Problem('payment_refused', { expected: 'a channel with its payer' })
  }
  return payer as Hex // Safety: the pattern just held.
}

export function channelIdOf(payload: unknown): Hex {
  const id = field(field(payload, 'voucher'), 'channelId')
  if (typeof id !== 'string' || !/^0x[0-9a-fA-F]{64}$/.test(id)) {
    throw new Problem('payment_refused', { expected: 'a voucher with its channel' })
  }
  return id as Hex // Safety: the pattern just held.
}

/** The key that signs the channel's vouchers: the session key, or the payer itself where none is set. */
export function voucherSignerOf(payload: unknown): Hex {
  const authorizer = field(field(payload, 'channelConfig'), 'payerAuthorizer')
  const none =
    typeof authorizer !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(authorizer) || /^0x0{40}$/.test(authorizer)
  return none ? payerOf(payload) : (authorizer as Hex) // Safety: the pattern just held.
}

/** Without a key of its own a channel is signed by its payer, who may be a contract and change its mind before the claim. */
export function signedByNobody(payload: unknown) {
  const authorizer = field(field(payload, 'channelConfig'), 'payerAuthorizer')
  if (typeof authorizer === 'string' && !/^0x0{40}$/.test(authorizer)) return undefined
  return {
    abort: true as const,
    reason: 'payer_authorizer_required',
    message: 'the channel needs a key that signs',
  }
}

export function contextOf(request: Request): HTTPRequestContext {
  const url = new URL(request.url)
  const header = request.headers.get('payment-signature')
  const adapter: HTTPAdapter = {
    getHeader: name => request.headers.get(name) ?? undefined,
    getMethod: () => request.method,
    getPath: () => url.pathname,
    getUrl: () => request.url,
    getAcceptHeader: () => 'application/json', // Never the HTML paywall: a browser that calls an API wants an API.
    getUserAgent: () => '',
  }
  return {
    adapter,
    path: url.pathname,
    method: request.method,
    ...(header === null ? {} : { paymentHeader: header }),
  }
}

/** Whether the voucher is by the key of the very channel that it names: the channel's id is the hash of what the payload says. */
export async function isByItsKey(payload: unknown, chainId: number): Promise<boolean> {
  return isItsChannel(payload, chainId) && (await isVoucherBy(voucherSignerOf(payload), payload, chainId))
}

/** Whether the channel that a payload describes is the one that it names: else anybody's key could speak for it. */
export function isItsChannel(payload: unknown, chainId: number): boolean {
  try {
    // Safety: the function throws for anything that is no configuration of a channel.
    const config = field(payload, 'channelConfig') as Parameters<typeof computeChannelId>[0]
    return computeChannelId(config, chainId).toLowerCase() === channelIdOf(payload).toLowerCase()
  } catch {
    return false
  }
}

/** x402 looks at the payer's signature over such a payment and its channel. */
export const isDeposit = (payload: unknown): boolean => field(payload, 'type') === 'deposit'
