/** Paying for one turn: the node's terms, one voucher, at most one correction, and never more at risk than that turn. */
import { TURN_SIGNATURE_HEADER } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { fromProblemBody, Problem } from '@grimoire/schema/problem'
import type { PaymentPayload, PaymentRequired } from '@x402/core/types'
import { type Channel, chargedAtomic, requirementOf } from './channel.ts'
import type { Market } from './market.ts'
import { type PaymentStore, readOpenTurn, writeOpenTurn } from './payment-store.ts'
import type { CheckedQuote } from './read-quote.ts'
import { pause, problemOf } from './transport.ts'

export type TurnContext = {
  market: Market
  channel: Channel
  checked: CheckedQuote
  store: PaymentStore
  maxTurnAtomic: bigint
  /** Until the first byte of an answer: a cold node opens the work in this time. */
  answerTimeoutMs: number
  baseModelSha256?: string
  /** The node's payment terms, once seen: later turns need no unpaid question and send no prompt unpaid. */
  remembered: PaymentRequired | null
}

export type Turn = {
  body: string
  requestHash: Hex
  inputBytes: number
  maxAtomic: bigint
  turnSignature: Hex
  controller: AbortController
}

const PATH = '/v1/chat/completions'
const UNCONFIRMED_PATIENCE_MS = 20_000
const UNCONFIRMED_PAUSE_MS = 500

async function post(context: TurnContext, turn: Turn, payment: Record<string, string>): Promise<Response> {
  const { answerTimeoutMs, checked, market } = context
  const { controller } = turn
  const late = new Problem('timed_out', { expected: `an answer within ${answerTimeoutMs} ms` })
  const timer = setTimeout(() => controller.abort(late), answerTimeoutMs)
  try {
    return await market.fetch(checked.nodeUrl + PATH, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [TURN_SIGNATURE_HEADER]: turn.turnSignature,
        ...payment,
      },
      body: turn.body,
      signal: controller.signal,
    })
  } catch (cause) {
    if (controller.signal.aborted) throw controller.signal.reason
    throw new Problem('node_unreachable', { got: `no answer from ${checked.nodeUrl}`, cause })
  } finally {
    clearTimeout(timer)
  }
}

const endpoint = (context: TurnContext) =>
  ({ url: context.checked.nodeUrl, unreachable: 'node_unreachable' }) as const

/** The refusal in a 402: our own problem body, or the reason that x402 put in its header. */
async function refusalOf(context: TurnContext, response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '')
  try {
    const known = fromProblemBody(JSON.parse(text))
    if (known) return known
  } catch {
    // Not JSON: the header below says why.
  }
  try {
    const header = (name: string) => response.headers.get(name)
    const { error } = context.channel.http.getPaymentRequiredResponse(header)
    return new Problem('payment_refused', { got: error ?? 'no reason given' })
  } catch {
    return new Problem('payment_refused', { got: `status ${response.status} without payment terms` })
  }
}

/** The node's terms for this very request: remembered, with the amount that both sides compute, or asked for unpaid. */
async function termsFor(context: TurnContext, turn: Turn): Promise<PaymentRequired> {
  const known = context.remembered
  if (known) {
    return { ...known, accepts: known.accepts.map(offer => ({ ...offer, amount: String(turn.maxAtomic) })) }
  }
  const response = await post(context, turn, {})
  if (response.status !== 402) {
    await response.body?.cancel().catch(() => undefined)
    if (!response.ok) throw await problemOf(response, endpoint(context))
    throw new Problem('payment_refused', { got: 'an unpaid answer', expected: '402 with payment terms' })
  }
  const text = await response.text().catch(() => '')
  try {
    return context.channel.http.getPaymentRequiredResponse(name => response.headers.get(name))
  } catch {
    const known = fromProblemBody(JSON.parse(text || 'null'))
    throw known ?? new Problem('payment_refused', { got: '402 without payment terms' })
  }
}

/** A correction may raise the tally by no more than the turn whose receipt never came: one turn is all that is at risk. */
async function checkCorrection({ channel }: TurnContext, allowedAtomic: bigint | null): Promise<void> {
  const corrected = await chargedAtomic(channel)
  if (allowedAtomic === null || corrected <= allowedAtomic) return
  throw new Problem('receipt_invalid', {
    param: 'cumulativeAtomic',
    got: `a correction to ${corrected}`,
    expected: `at most ${allowedAtomic}, by the vouchers without a receipt`,
  })
}

async function sign(context: TurnContext, required: PaymentRequired): Promise<PaymentPayload> {
  try {
    return await context.channel.http.createPaymentPayload(required)
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('payment_refused', { got: cause instanceof Error ? cause.message : cause, cause })
  }
}

/**
 * Sends a paid request. Key nodes look a block back, so someone who just bought is told to wait for the next block: the
 * node has taken nothing then, and the same voucher is sent again without asking the wallet anew.
 */
async function postPaid(
  context: TurnContext,
  turn: Turn,
  payment: Record<string, string>,
): Promise<Response> {
  const until = performance.now() + UNCONFIRMED_PATIENCE_MS
  for (;;) {
    const response = await post(context, turn, payment)
    if (response.ok || response.status === 402) return response
    const problem = await problemOf(response, endpoint(context))
    if (problem.code !== 'not_confirmed' || performance.now() > until) throw problem
    await pause(UNCONFIRMED_PAUSE_MS)
    turn.controller.signal.throwIfAborted()
  }
}

/** Pays and returns the answer's stream. At most one correction and one refresh of remembered terms. */
export async function payTurn(context: TurnContext, turn: Turn) {
  const { channel, store, checked } = context
  const open = await readOpenTurn(store, channel.id)
  const known = await channel.storage.get(channel.id)
  const allowedAtomic = open?.atMostAtomic ?? (known ? await chargedAtomic(channel) : null)
  for (let attempt = 0; ; attempt++) {
    const fromMemory = context.remembered !== null
    const required = await termsFor(context, turn)
    const offer = requirementOf(required, { channel, checked, maxAtomic: turn.maxAtomic })
    const payload = await sign(context, { ...required, accepts: [offer] })
    const beforeAtomic = await chargedAtomic(channel)
    const atMostAtomic = beforeAtomic + BigInt(offer.amount)
    await writeOpenTurn(store, channel.id, { beforeAtomic, atMostAtomic })
    const response = await postPaid(context, turn, channel.http.encodePaymentSignatureHeader(payload))
    const header = (name: string) => response.headers.get(name)
    const { recovered } = await channel.http.processPaymentResult(payload, header, response.status)
    if (response.status !== 402) {
      if (!response.body) throw new Problem('node_unreachable', { got: 'an answer without a body' })
      context.remembered = offer.amount === String(turn.maxAtomic) ? required : null
      return { payload, body: response.body, beforeAtomic }
    }
    if (!recovered) context.remembered = null
    if (recovered) await checkCorrection(context, allowedAtomic)
    if (attempt >= 2 || !(recovered || fromMemory)) throw await refusalOf(context, response)
    await response.body?.cancel().catch(() => undefined)
  }
}
