/** Paying for one turn: the node's terms, one voucher, at most one correction, and never more at risk than that turn. */
import { TURN_SIGNATURE_HEADER } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { fromProblemBody, isProblem, Problem } from '@grimoire/schema/problem'
import { TURN_HEADER } from '@grimoire/schema/turn-access'
import type { PaymentPayload, PaymentRequired } from '@x402/core/types'
import { type Channel, chargedAtomic, requirementOf } from './channel.ts'
import { findGrant, giveGrantAgain, isGrantLost } from './kept-grant.ts'
import type { Market } from './market.ts'
import { type PaymentStore, readOpenTurn, writeOpenTurn } from './payment-store.ts'
import type { CheckedQuote } from './read-quote.ts'
import { pause, problemOf } from './transport.ts'
import { randomBytes32 } from './wallet.ts'

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

/** What a channel had been charged before a turn, and the most that all of its vouchers let the node claim. */
export type AtRisk = { beforeAtomic: bigint; atMostAtomic: bigint }

/** A payment, and what it is held against when its receipt comes. */
export type PaidTurn = {
  payload: PaymentPayload
  beforeAtomic: bigint
  maySkip: boolean
  /** By a later page or program: other turns of its channel may have been paid for since. */
  isTakenUp?: true
}

export type Turn = {
  /** Waited for before a payment leaves. */
  beforePayment?: (paid: PaidTurn) => Promise<void>
  /** Called before a voucher leaves, with what it puts at risk; what it throws keeps the voucher here. */
  beforeVoucher?: (voucher: AtRisk) => void
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
const LOST_PAUSE_MS = 200
const BUSY_FIRST_PAUSE_MS = 250
const BUSY_MAX_PAUSE_MS = 4_000
/** x402's extension: the same payment sent again under its id is answered with the turn that it paid for. */
const PAYMENT_ID = 'payment-identifier'

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

/** What its headers have said is all that is wanted of it; a body that cannot be cancelled has ended already. */
const drop = async ({ body }: Response): Promise<void> => body?.cancel().catch(() => undefined)

/** The refusal in a 402: our own problem body, or the reason that x402 put in its header. */
async function refusalOf(context: TurnContext, response: Response): Promise<Problem> {
  // A body that breaks off says nothing.
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
    const amount = String(turn.maxAtomic)
    const least = BigInt(context.checked.quote.minDepositAtomic)
    const minDeposit = String(turn.maxAtomic > least ? turn.maxAtomic : least)
    const restated = known.accepts.map(offer => ({ ...offer, amount, extra: { ...offer.extra, minDeposit } }))
    return { ...known, accepts: restated }
  }
  const response = await post(context, turn, {})
  if (response.status !== 402) {
    if (!response.ok) throw await problemOf(response, endpoint(context))
    await drop(response)
    throw new Problem('payment_refused', { got: 'an unpaid answer', expected: '402 with payment terms' })
  }
  try {
    const required = context.channel.http.getPaymentRequiredResponse(name => response.headers.get(name))
    // Read to its end, so that its connection serves the paid request; it says nothing more.
    await response.text().catch(() => '')
    return required
  } catch {
    // No terms in the header: the body says why, or nothing does.
    throw await refusalOf(context, response)
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
    const payload = await context.channel.http.createPaymentPayload(required)
    const info = { required: false, id: randomBytes32().slice(2) }
    return { ...payload, extensions: { ...payload.extensions, [PAYMENT_ID]: { info } } }
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('payment_refused', { got: cause instanceof Error ? cause.message : cause, cause })
  }
}

/** An answer that was lost before its first header is asked for once more: the payment's id says that it is the same. */
async function postOnce(
  context: TurnContext,
  turn: Turn,
  payment: Record<string, string>,
): Promise<Response> {
  try {
    return await post(context, turn, payment)
  } catch (error) {
    if (!isProblem(error, 'node_unreachable')) throw error
    await pause(LOST_PAUSE_MS)
    turn.controller.signal.throwIfAborted()
    return post(context, turn, payment)
  }
}

const grantFor = ({ channel, checked: { quote, nodeUrl } }: TurnContext) => ({
  ...{ holder: channel.config.payer, nodeUrl },
  ...{ workId: quote.workId, version: quote.version, operator: quote.operator },
})

/** Its grant's id shows the node that the holder asks, also when the node has forgotten this channel. */
async function showing(context: TurnContext): Promise<Record<string, string>> {
  const kept = await findGrant(context.store, grantFor(context))
  return kept?.id === undefined ? {} : { [GRANT_HEADER]: kept.id }
}

/**
 * Sends a paid request. Key nodes look a block back, so someone who just bought is told to wait for the next block: the
 * node has taken nothing then, and the same voucher is sent again without asking the wallet anew. So it is when the node
 * has lost the grant: the one that is kept here is handed over once more.
 */
async function postPaid(
  context: TurnContext,
  turn: Turn,
  payment: Record<string, string>,
): Promise<Response> {
  const until = performance.now() + UNCONFIRMED_PATIENCE_MS
  let givenAgain = false
  for (;;) {
    const response = await postOnce(context, turn, { ...payment, ...(await showing(context)) })
    if (response.ok || response.status === 402) return response
    const problem = await problemOf(response, endpoint(context))
    if (isGrantLost(problem) && !givenAgain) {
      givenAgain = await giveGrantAgain(context.market, context.store, grantFor(context))
      if (!givenAgain) throw problem
    } else if (problem.code === 'not_confirmed' && performance.now() < until)
      await pause(UNCONFIRMED_PAUSE_MS)
    else throw problem
    turn.controller.signal.throwIfAborted()
  }
}

/** Whether another turn of the channel is under way, of another page perhaps: nothing was taken. */
function isBusy({ channel }: TurnContext, response: Response): boolean {
  try {
    const { error } = channel.http.getPaymentRequiredResponse(name => response.headers.get(name))
    return error?.endsWith('channel_busy') ?? false
  } catch {
    // Without terms it is a refusal of another kind, which is read where it is refused.
    return false
  }
}

/** Pays and returns the answer's stream. A channel that is busy is waited for as long as an answer would be. */
export async function payTurn(context: TurnContext, turn: Turn) {
  const until = performance.now() + context.answerTimeoutMs
  let pauseMs = BUSY_FIRST_PAUSE_MS
  for (;;) {
    try {
      return await payNow(context, turn)
    } catch (error) {
      if (!isProblem(error, 'channel_busy') || performance.now() + pauseMs > until) throw error
    }
    await pause(pauseMs)
    pauseMs = Math.min(BUSY_MAX_PAUSE_MS, pauseMs * 2)
    turn.controller.signal.throwIfAborted()
  }
}

/** At most one correction and one refresh of remembered terms. */
async function payNow(context: TurnContext, turn: Turn) {
  const { channel, store, checked } = context
  const open = await readOpenTurn(store, channel.id)
  const known = await channel.storage.get(channel.id)
  const allowedAtomic = open?.atMostAtomic ?? (known ? await chargedAtomic(channel) : null)
  // The highest that was ever signed: a smaller voucher that follows takes nothing back.
  let atMostAtomic = open?.atMostAtomic ?? 0n
  for (let attempt = 0; ; attempt++) {
    const fromMemory = context.remembered !== null
    const required = await termsFor(context, turn)
    const offer = requirementOf(required, { channel, checked, maxAtomic: turn.maxAtomic })
    const payload = await sign(context, { ...required, accepts: [offer] })
    const beforeAtomic = await chargedAtomic(channel)
    const signedAtomic = beforeAtomic + BigInt(offer.amount)
    turn.beforeVoucher?.({ beforeAtomic, atMostAtomic: signedAtomic })
    if (signedAtomic > atMostAtomic) atMostAtomic = signedAtomic
    await writeOpenTurn(store, channel.id, { beforeAtomic, atMostAtomic })
    await turn.beforePayment?.({ payload, beforeAtomic, maySkip: open !== null })
    const response = await postPaid(context, turn, channel.http.encodePaymentSignatureHeader(payload))
    if (response.status === 402 && isBusy(context, response)) {
      await drop(response)
      throw new Problem('channel_busy', { got: channel.id })
    }
    const header = (name: string) => response.headers.get(name)
    const { recovered } = await channel.http.processPaymentResult(payload, header, response.status)
    if (response.status !== 402) {
      if (!response.body) throw new Problem('node_unreachable', { got: 'an answer without a body' })
      context.remembered = offer.amount === String(turn.maxAtomic) ? required : null
      const turnId = response.headers.get(TURN_HEADER)
      return { payload, body: response.body, beforeAtomic, maySkip: open !== null, turnId }
    }
    if (!recovered) context.remembered = null
    if (recovered) await checkCorrection(context, allowedAtomic)
    if (attempt >= 2 || !(recovered || fromMemory)) throw await refusalOf(context, response)
    await drop(response)
  }
}

/** Sends a payment once more whose answer was lost: the node knows it by its id, and answers with the turn that it paid for. */
export async function payAgain(context: TurnContext, turn: Turn, payload: PaymentPayload) {
  const { http } = context.channel
  const response = await postPaid(context, turn, http.encodePaymentSignatureHeader(payload))
  if (response.status === 402) throw await refusalOf(context, response)
  if (!response.body) throw new Problem('node_unreachable', { got: 'an answer without a body' })
  await http.processPaymentResult(payload, name => response.headers.get(name), response.status)
  return { body: response.body, turnId: response.headers.get(TURN_HEADER) }
}
