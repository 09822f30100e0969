/** The till: asks for a turn's price, takes the voucher before the first token, and charges what was delivered. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem, problemResponse } from '@grimoire/schema/problem'
import { decodePaymentSignatureHeader } from '@x402/core/http'
import type { HTTPRequestContext, HTTPResponseInstructions } from '@x402/core/server'
import type { PaymentPayload } from '@x402/core/types'
import type { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/server'
import type { Splitters } from './channels.ts'
import { holdLock } from './lock.ts'
import { channelIdOf, contextOf, isByItsKey, isDeposit, payerOf } from './payload.ts'
import { PaymentServer, type PaymentServerOptions } from './payment-server.ts'
import { answerOf, refusal, withoutStates } from './refusal.ts'
import type { Room } from './room.ts'
import type { Charged, Checked, Paid, Recording, TurnTerms, Verified } from './terms.ts'
import type { UnfinalDeposits } from './unfinal.ts'

export type TillOptions = PaymentServerOptions & {
  splitters: Splitters
  unfinal: UnfinalDeposits
  room: Room
}

/** What a turn holds until it was charged, or comes to nothing: each is given back once. */
class Held {
  room = () => {}
  lock = () => {}

  free(): void {
    this.lock()
    this.room()
  }
}

export class Till {
  readonly #options: TillOptions
  readonly #server: PaymentServer

  private constructor(options: TillOptions) {
    this.#options = options
    this.#server = new PaymentServer(options)
  }

  static async open(options: TillOptions): Promise<Till> {
    const till = new Till(options)
    await till.#server.initialize()
    return till
  }

  get scheme(): BatchSettlementEvmScheme {
    return this.#server.scheme
  }

  /** Whether its payer signed for the channel of this payment: with a deposit before, or with the one that it brings. */
  isVouched(payload: unknown): boolean {
    return isDeposit(payload) || this.#options.channels.isVouched(channelIdOf(payload))
  }

  /**
   * Asks for the payment, or checks it: signatures, and money that is there. A `Response` is the whole answer: a 402,
   * or the result of a refund. Nothing is deposited yet; the channel is held until `confirm` or `cancel`.
   */
  async verify(request: Request, terms: TurnTerms): Promise<Response | Verified> {
    const context = contextOf(request)
    const result = await this.#server.process(context, terms)
    if (result.type === 'payment-error') return answerOf(await this.#told(context, result.response))
    if (result.type === 'no-payment-required') throw new Problem('internal')
    return this.#verified({ ...result, context, terms })
  }

  /** Where a channel stands, with its last voucher, is told only to whom its key signed for: both are worth money to others. */
  async #told({ paymentHeader }: HTTPRequestContext, response: HTTPResponseInstructions) {
    const required = response.headers['PAYMENT-REQUIRED']
    if (paymentHeader === undefined || !required) return response
    const { payload } = decodePaymentSignatureHeader(paymentHeader)
    if (await isByItsKey(payload, this.#options.chainId)) return response
    return { ...response, headers: { ...response.headers, 'PAYMENT-REQUIRED': withoutStates(required) } }
  }

  /** Takes what the turn needs: room, the channel, credit. What comes to nothing gives all of it back. */
  async #verified(checked: Checked): Promise<Verified> {
    const { paymentPayload: payload, terms } = checked
    const held = new Held()
    const cancel = async () => {
      held.free()
      await this.#forget(payload)
    }
    try {
      // Only for a payment that is good: whoever forges one must not use up the room of others.
      held.room = this.#options.room.take(terms.maxChargeAtomic)
      held.lock = await holdLock(this.scheme, payload)
      await this.#requireCredit(payload, terms)
    } catch (error) {
      await cancel()
      throw error
    }
    return { cancel, confirm: () => this.#confirmed(checked, held, cancel) }
  }

  async #confirmed(checked: Checked, held: Held, cancel: () => Promise<void>): Promise<Response | Paid> {
    if (checked.paymentPayload.payload.type !== 'deposit') return this.#paid(checked, held)
    const { lock } = held // Of the deposit; its voucher has one of its own.
    try {
      const paid = await this.#deposited(checked, held)
      if (paid instanceof Response) held.room()
      return paid
    } catch (error) {
      await cancel()
      throw error
    } finally {
      lock()
    }
  }

  /** What the chain can still undo is credit, and capped. */
  async #requireCredit({ payload }: PaymentPayload, { maxChargeAtomic }: TurnTerms): Promise<void> {
    const { channels, unfinal } = this.#options
    const channelId = channelIdOf(payload)
    const channel = await channels.get(channelId)
    const chargedAtomic = BigInt(channel?.chargedCumulativeAmount ?? '0')
    if (payload.type === 'deposit') {
      return unfinal.requireFits({ chargedAtomic, maxChargeAtomic }, BigInt(channel?.balance ?? '0'))
    }
    const became = await unfinal.require({ channelId, chargedAtomic, maxChargeAtomic })
    if (became === 'final') return
    await channels.updateChannel(channelId, current => current && { ...current, onchainSyncedAt: 0 })
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

  /** A deposit is on the chain before its turn begins, charged nothing; its voucher then pays like any other. */
  async #deposited(checked: Checked, held: Held): Promise<Response | Paid> {
    const { paymentPayload } = checked
    const { channels, unfinal } = this.#options
    const channelId = channelIdOf(paymentPayload.payload)
    const finalAtomic = BigInt((await channels.get(channelId))?.balance ?? '0')
    channels.vouch(channelId)
    // Before it is sent: whatever breaks off afterwards, its turns are capped.
    await unfinal.made(channelId, finalAtomic)
    const deposited = await this.#server.settle(checked, 0n)
    if (deposited instanceof Response) return deposited
    const { headers } = deposited
    const { channelConfig, voucher } = paymentPayload.payload
    const payload = { ...paymentPayload, payload: { type: 'voucher', channelConfig, voucher } }
    try {
      // It stands in a block of now, not in that of before it was sent.
      await unfinal.made(channelId, finalAtomic)
      return await this.#vouched({ ...checked, paymentPayload: payload }, held, headers)
    } catch (error) {
      await this.#forget(payload).catch(() => undefined) // Its lock lapses by itself; what broke off says why.
      return problemResponse(error, headers)
    }
  }

  /** The deposit stands: its header goes with every refusal, or the payer would not know of the money. */
  async #vouched(checked: Checked, held: Held, headers: Record<string, string>): Promise<Response | Paid> {
    const again = await this.#server.verifyAgain(checked)
    if (!again.isValid) return refusal(again.invalidReason, headers)
    held.lock = await holdLock(this.scheme, checked.paymentPayload)
    return this.#paid(checked, held, headers)
  }

  #paid(checked: Checked, held: Held, headers: Record<string, string> = {}): Paid {
    const { terms, paymentPayload } = checked
    const { payload } = paymentPayload
    this.#options.splitters.remember(terms.payTo, terms.workId)
    return {
      channelId: channelIdOf(payload),
      payer: payerOf(payload),
      headers,
      settle: (actualAtomic, record) =>
        this.#charge(checked, actualAtomic, record).finally(() => held.free()),
    }
  }

  async #charge(checked: Checked, actualAtomic: bigint, record?: Recording): Promise<Charged> {
    const { maxChargeAtomic } = checked.terms
    const atomic = actualAtomic < maxChargeAtomic ? actualAtomic : maxChargeAtomic
    const forget = await this.#recordWith(channelIdOf(checked.paymentPayload.payload), atomic, record)
    const charged = await this.#server.settle(checked, atomic).finally(forget)
    if (charged instanceof Response)
      throw new Problem('payment_refused', { got: 'the charge could not be written' })
    return charged
  }

  /** The channel is held, so what it will stand at is known before the charge. */
  async #recordWith(channelId: Hex, atomic: bigint, record?: Recording): Promise<() => void> {
    const { channels } = this.#options
    const channel = record && (await channels.get(channelId))
    if (!record || !channel) return () => {}
    const cumulativeAtomic = String(BigInt(channel.chargedCumulativeAmount) + atomic)
    return channels.alongside(channelId, { cumulativeAtomic, write: await record(cumulativeAtomic) })
  }
}
