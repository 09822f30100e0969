/** The till: asks for a turn's price, takes the voucher before the first token, and charges what was delivered. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { decodePaymentRequiredHeader } from '@x402/core/http'
import {
  type FacilitatorClient,
  type HTTPAdapter,
  type HTTPProcessResult,
  type HTTPRequestContext,
  type HTTPResponseInstructions,
  x402HTTPResourceServer,
  x402ResourceServer,
} from '@x402/core/server'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/server'
import type { Splitters, SqliteChannels } from './channels.ts'
import type { GasPayer } from './gas-payer.ts'
import { holdLock } from './lock.ts'

export type TillOptions = {
  chainId: number
  money: { address: Hex; name: string; version: string }
  minDepositAtomic: string
  withdrawDelaySeconds: number
  channels: SqliteChannels
  splitters: Splitters
  facilitator: FacilitatorClient
  payer: GasPayer
}

/** What one turn may cost, and to whom it is paid. */
export type TurnTerms = { workId: string; payTo: Hex; maxChargeAtomic: bigint }

export type Paid = {
  channelId: Hex
  payer: Hex
  /** PAYMENT-RESPONSE of a deposit that was made for this turn. */
  headers: Record<string, string>
  settle(
    actualAtomic: bigint,
  ): Promise<{ paymentResponse: string; cumulativeAtomic: string; headers: Record<string, string> }>
}

/** A payment that is good, and not taken yet. */
export type Verified = {
  confirm(): Promise<Response | Paid>
  cancel(): Promise<void>
}

type Checked = Extract<HTTPProcessResult, { type: 'payment-verified' }>

/** How long a wallet has to sign a deposit; also how long x402 lets that signature live. */
const SIGNING_SECONDS = 300
/** A refund costs the operator gas, so a payer gets one in this time. */
const REFUND_EVERY_MS = 60_000

export class Till {
  readonly scheme: BatchSettlementEvmScheme
  readonly network: `eip155:${number}`
  readonly #options: TillOptions
  readonly #http: x402HTTPResourceServer
  readonly #terms = new WeakMap<HTTPAdapter, TurnTerms>()
  readonly #refundedAtMs = new Map<string, number>()

  private constructor(options: TillOptions) {
    this.#options = options
    this.network = `eip155:${options.chainId}`
    const { account } = options.payer
    this.scheme = new BatchSettlementEvmScheme(account.address, {
      storage: options.channels,
      // Safety: x402 passes complete typed data; viem checks it when it signs.
      receiverAuthorizerSigner: {
        address: account.address,
        signTypedData: message =>
          account.signTypedData(message as Parameters<typeof account.signTypedData>[0]),
      },
      withdrawDelay: options.withdrawDelaySeconds,
      enforceMinDeposit: true,
    })
    const server = new x402ResourceServer(options.facilitator).register(this.network, this.scheme)
    this.#addRules(server)
    this.#http = new x402HTTPResourceServer(server, { '/v1/chat/completions': { accepts: this.#accepts() } })
  }

  static async open(options: TillOptions): Promise<Till> {
    const till = new Till(options)
    await till.#http.initialize()
    return till
  }

  #accepts() {
    const { money, minDepositAtomic } = this.#options
    return {
      scheme: 'batch-settlement',
      network: this.network,
      payTo: (context: HTTPRequestContext) => this.#termsOf(context).payTo,
      price: (context: HTTPRequestContext) => ({
        asset: money.address,
        // A voucher has to raise the sum of its channel, so even a free turn asks for one unit and charges none.
        amount: String(this.#termsOf(context).maxChargeAtomic || 1n),
        extra: { name: money.name, version: money.version },
      }),
      extra: { minDeposit: minDepositAtomic },
      maxTimeoutSeconds: SIGNING_SECONDS,
    }
  }

  #termsOf({ adapter }: HTTPRequestContext): TurnTerms {
    const terms = this.#terms.get(adapter)
    if (!terms) throw new Problem('internal')
    return terms
  }

  /** Stock code serves a channel that is being emptied, and pays the gas of every refund, however small. */
  #addRules(server: x402ResourceServer): void {
    server.onAfterSettle(async ({ paymentPayload: { payload }, result }) => {
      if (payload.type === 'refund' && result.success) this.#noteRefund(payerOf(payload).toLowerCase())
    })
    server.onAfterVerify(async ({ result }) =>
      Number(result.extra?.withdrawRequestedAt ?? 0) > 0
        ? { abort: true, reason: 'withdraw_pending', message: 'the payer is emptying this channel' }
        : undefined,
    )
    server.onBeforeVerify(async ({ paymentPayload: { payload } }) => {
      if (payload.type !== 'refund') return signedByNobody(payload)
      if (payload.amount !== undefined) {
        return {
          abort: true,
          reason: 'partial_refund_not_offered',
          message: 'only the whole rest is refunded',
        }
      }
      const payer = payerOf(payload).toLowerCase()
      if (Date.now() - (this.#refundedAtMs.get(payer) ?? 0) < REFUND_EVERY_MS) {
        return { abort: true, reason: 'refund_too_soon', message: 'one refund a minute' }
      }
      return undefined
    })
  }

  /** Only what was signed and paid out counts: a stranger who names a payer must not keep it from its money. */
  #noteRefund(payer: string): void {
    const nowMs = Date.now()
    this.#refundedAtMs.set(payer, nowMs)
    for (const [other, atMs] of this.#refundedAtMs) {
      if (nowMs - atMs >= REFUND_EVERY_MS) this.#refundedAtMs.delete(other)
    }
  }

  /**
   * Asks for the payment, or checks it: signatures, and money that is there. A `Response` is the whole answer: a 402,
   * or the result of a refund. Nothing is deposited yet; the channel is held until `confirm` or `cancel`.
   */
  async verify(request: Request, terms: TurnTerms): Promise<Response | Verified> {
    const context = contextOf(request)
    this.#terms.set(context.adapter, terms)
    const checked = await this.#http.processHTTPRequest(context)
    if (checked.type === 'payment-error') return answerOf(checked.response)
    if (checked.type === 'no-payment-required') throw new Problem('internal')
    const { paymentPayload: payload } = checked
    const unlock = await holdLock(this.scheme, payload)
    return {
      confirm: async () => {
        if (payload.payload.type !== 'deposit') return this.#paid(context, checked, terms, { unlock })
        return this.#deposit(context, checked, terms).finally(unlock)
      },
      cancel: async () => {
        unlock()
        await this.#forget(payload)
      },
    }
  }

  /** Frees the channel; one that never had a deposit leaves nothing behind. */
  async #forget(payload: PaymentPayload): Promise<void> {
    await this.scheme.clearPendingRequest(payload)
    await this.#options.channels.updateChannel(channelIdOf(payload.payload), current => {
      if (!current || current.pendingRequest) return current
      const empty = BigInt(current.balance) === 0n && BigInt(current.chargedCumulativeAmount) === 0n
      return empty ? undefined : current
    })
  }

  /** A deposit is on the chain before this returns, charged nothing; its voucher then pays like any other. */
  async #deposit(context: HTTPRequestContext, checked: Checked, terms: TurnTerms): Promise<Response | Paid> {
    const { paymentPayload, paymentRequirements, declaredExtensions } = checked
    const deposited = await this.#settle(context, paymentPayload, paymentRequirements, 0n)
    if (deposited instanceof Response) return deposited
    const { headers } = deposited
    const { channelConfig, voucher } = paymentPayload.payload
    const payload = { ...paymentPayload, payload: { type: 'voucher', channelConfig, voucher } }
    const again = await this.#http.server.verifyPayment(payload, paymentRequirements, declaredExtensions, {
      request: context,
    })
    // The deposit stands: its header goes with the refusal, or the payer would not know of the money.
    if (!again.isValid) return refusal(again.invalidReason, headers)
    const unlock = await holdLock(this.scheme, payload)
    return this.#paid(context, { ...checked, paymentPayload: payload }, terms, { unlock, headers })
  }

  #paid(
    context: HTTPRequestContext,
    { paymentPayload, paymentRequirements }: Checked,
    { workId, payTo, maxChargeAtomic }: TurnTerms,
    { unlock, headers = {} }: { unlock(): void; headers?: Record<string, string> },
  ): Paid {
    this.#options.splitters.remember(payTo, workId)
    const { payload } = paymentPayload
    return {
      channelId: channelIdOf(payload),
      payer: payerOf(payload),
      headers,
      settle: async actualAtomic => {
        unlock()
        const amount = actualAtomic < maxChargeAtomic ? actualAtomic : maxChargeAtomic
        const settled = await this.#settle(context, paymentPayload, paymentRequirements, amount)
        if (settled instanceof Response)
          throw new Problem('payment_refused', { got: 'the charge could not be written' })
        return settled
      },
    }
  }

  async #settle(
    context: HTTPRequestContext,
    payload: PaymentPayload,
    requirements: PaymentRequirements,
    amount: bigint,
  ) {
    const overrides = { amount: String(amount) }
    const result = await this.#http.processSettlement(
      payload,
      requirements,
      undefined,
      { request: context },
      overrides,
    )
    if (!result.success) return answerOf(result.response, result.errorReason)
    const state = result.extra?.channelState
    const cumulative =
      typeof state === 'object' && state !== null && 'chargedCumulativeAmount' in state
        ? String(state.chargedCumulativeAmount)
        : '0'
    const paymentResponse = result.headers['PAYMENT-RESPONSE'] ?? ''
    return { paymentResponse, cumulativeAtomic: cumulative, headers: { 'PAYMENT-RESPONSE': paymentResponse } }
  }
}

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
function signedByNobody(payload: unknown) {
  const authorizer = field(field(payload, 'channelConfig'), 'payerAuthorizer')
  if (typeof authorizer === 'string' && !/^0x0{40}$/.test(authorizer)) return undefined
  return {
    abort: true as const,
    reason: 'payer_authorizer_required',
    message: 'the channel needs a key that signs',
  }
}

function contextOf(request: Request): HTTPRequestContext {
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

/** x402's answer with our body: the same header, and a problem that any OpenAI client can show. */
function answerOf({ status, headers, body }: HTTPResponseInstructions, reason?: string): Response {
  if (status !== 402) return Response.json(body ?? {}, { status, headers })
  const required = headers['PAYMENT-REQUIRED']
  const error = reason ?? (required ? decodePaymentRequiredHeader(required).error : undefined)
  return error === 'Payment required'
    ? problemResponse(new Problem('payment_required'), headers)
    : refusal(error, headers)
}

const refusal = (reason: string | undefined, headers: Record<string, string>): Response =>
  problemResponse(new Problem('payment_refused', { got: reason ?? 'not valid' }), headers)
