/** x402's server as this node runs it: one scheme on one chain, the price of each request, and our rules beside its own. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import {
  type FacilitatorClient,
  type HTTPAdapter,
  type HTTPProcessResult,
  type HTTPRequestContext,
  x402HTTPResourceServer,
  x402ResourceServer,
} from '@x402/core/server'
import type { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/server'
import type { SqliteChannels } from './channels.ts'
import { FollowedScheme } from './followed-scheme.ts'
import type { GasPayer } from './gas-payer.ts'
import { PAYMENT_ID_EXTENSION } from './payment-id.ts'
import { answerOf } from './refusal.ts'
import { addRules } from './rules.ts'
import type { Charged, Checked, TurnTerms } from './terms.ts'

export type PaymentServerOptions = {
  chainId: number
  money: { address: Hex; name: string; version: string }
  minDepositAtomic: string
  withdrawDelaySeconds: number
  channels: SqliteChannels
  facilitator: FacilitatorClient
  payer: GasPayer
  /** For how long the chain has been followed without a gap. */
  followedMs(): number
}

/** How long a wallet has to sign a deposit; also how long x402 lets that signature live. */
const SIGNING_SECONDS = 300

export class PaymentServer {
  readonly scheme: BatchSettlementEvmScheme
  readonly network: `eip155:${number}`
  readonly #options: PaymentServerOptions
  readonly #http: x402HTTPResourceServer
  readonly #terms = new WeakMap<HTTPAdapter, TurnTerms>()

  constructor(options: PaymentServerOptions) {
    this.#options = options
    this.network = `eip155:${options.chainId}`
    this.scheme = schemeFor(options)
    const server = new x402ResourceServer(options.facilitator).register(this.network, this.scheme)
    addRules(server)
    this.#http = new x402HTTPResourceServer(server, {
      '/v1/chat/completions': { accepts: this.#accepts(), extensions: PAYMENT_ID_EXTENSION },
    })
  }

  initialize(): Promise<void> {
    return this.#http.initialize()
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

  /** Asks for the payment, or checks the one that the request brings: signatures, and money that is there. */
  process(context: HTTPRequestContext, terms: TurnTerms): Promise<HTTPProcessResult> {
    this.#terms.set(context.adapter, terms)
    return this.#http.processHTTPRequest(context)
  }

  /** Of a voucher that came with a deposit, which stands now. */
  verifyAgain({ context, paymentPayload, paymentRequirements, declaredExtensions }: Checked) {
    const { server } = this.#http
    return server.verifyPayment(paymentPayload, paymentRequirements, declaredExtensions, { request: context })
  }

  /** Charges a voucher, or makes a deposit. A `Response` is a refusal. */
  async settle(
    { context, paymentPayload, paymentRequirements }: Checked,
    atomic: bigint,
  ): Promise<Response | Charged> {
    const [request, overrides] = [{ request: context }, { amount: String(atomic) }]
    const result = await this.#http.processSettlement(
      paymentPayload,
      paymentRequirements,
      undefined,
      request,
      overrides,
    )
    if (!result.success) return answerOf(result.response, result.errorReason)
    const state = result.extra?.channelState
    const cumulativeAtomic =
      typeof state === 'object' && state !== null && 'chargedCumulativeAmount' in state
        ? String(state.chargedCumulativeAmount)
        : '0'
    const paymentResponse = result.headers['PAYMENT-RESPONSE'] ?? ''
    return { paymentResponse, cumulativeAtomic, headers: { 'PAYMENT-RESPONSE': paymentResponse } }
  }
}

function schemeFor({ payer, channels, withdrawDelaySeconds, followedMs }: PaymentServerOptions) {
  const { account } = payer
  // Safety: x402 passes complete typed data; viem checks it when it signs.
  const signTypedData = (message: unknown) =>
    account.signTypedData(message as Parameters<typeof account.signTypedData>[0])
  const options = {
    storage: channels,
    receiverAuthorizerSigner: { address: account.address, signTypedData },
    withdrawDelay: withdrawDelaySeconds,
    enforceMinDeposit: true,
  }
  return new FollowedScheme(account.address, options, followedMs)
}
