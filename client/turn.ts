/** One paid turn: signed request, one voucher, streamed answer, receipt checked before the next voucher can be signed. */
import {
  type ChatMessage,
  type ChatRequest,
  inputBytesOf,
  maxOutputBytesOf,
  requestHash,
  turnTypedData,
} from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { maxChargeAtomic } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import type { Receipt } from '@grimoire/schema/receipt'
import type { PaymentPayload } from '@x402/core/types'
import { chargedAtomic, settleTurn } from './channel.ts'
import { type Agreed, checkReceipt } from './check-receipt.ts'
import { payTurn, type Turn, type TurnContext } from './pay-turn.ts'
import { clearOpenTurn } from './payment-store.ts'
import { type AnswerEvent, readAnswer, type Usage } from './read-answer.ts'

export type AskOptions = Pick<
  ChatRequest,
  'temperature' | 'top_p' | 'seed' | 'max_tokens' | 'max_completion_tokens' | 'stop' | 'grimoire'
>

export type TurnResult = {
  text: string
  /** As it was sent: what the receipt's request hash is the hash of. */
  request: ChatRequest
  /** What both sides had agreed on before the answer: what `recheckReceipt` needs beside the chain. */
  agreed: Agreed
  finishReason: string | null
  usage: Usage | null
  receipt: Receipt
  receiptSignature: Hex
  chargedAtomic: bigint
  cumulativeAtomic: bigint
  /** As this side measured them, from sending the request. */
  timings: { firstTokenMs: number; totalMs: number }
  /** As the node reports them. */
  nodeTimings: { firstTokenMs: number; totalMs: number; tokensPerSecond: number }
}

async function prepare(
  context: TurnContext,
  messages: readonly ChatMessage[],
  options: AskOptions,
  controller: AbortController,
): Promise<Turn> {
  const { channel, checked, market } = context
  const request: ChatRequest = {
    model: checked.model,
    messages: [...messages],
    stream: true,
    stream_options: { include_usage: true },
    ...options,
  }
  const inputBytes = inputBytesOf(request)
  // A voucher has to raise the sum of its channel, so even a free turn is asked one unit for and charged none.
  const maxAtomic = maxChargeAtomic(checked.quote.prices, inputBytes, maxOutputBytesOf(request)) || 1n
  if (maxAtomic > context.maxTurnAtomic) {
    throw new Problem('cap_reached', {
      param: 'maxTurnAtomic',
      got: `a turn of up to ${maxAtomic}`,
      expected: `at most ${context.maxTurnAtomic}`,
    })
  }
  const body = JSON.stringify(request)
  // Of the text as it is sent: JSON drops undefined fields, and the node hashes what arrives.
  const hash = requestHash(JSON.parse(body))
  const { chainId, works } = market.addresses
  const turnSignature = await channel.session.signTypedData(
    turnTypedData({ channelId: channel.id, requestHash: hash }, chainId, works),
  )
  return { body, requestHash: hash, inputBytes, maxAtomic, turnSignature, controller }
}

type Tail = Extract<AnswerEvent, { type: 'tail' }>

/** The receipt against this side's own count; only then is x402's client told that the turn is paid. */
async function accept(
  context: TurnContext,
  turn: Turn,
  paid: { payload: PaymentPayload; beforeAtomic: bigint; output: string; tail: Tail['tail'] },
): Promise<void> {
  const { channel, checked, market, store } = context
  const { quote, paymentKey } = checked
  const { chainId, works } = market.addresses
  await checkReceipt(paid.tail, {
    chainId,
    works,
    workId: quote.workId,
    version: quote.version,
    operator: quote.operator,
    paymentKey,
    holder: channel.config.payer,
    channelId: channel.id,
    requestHash: turn.requestHash,
    inputBytes: turn.inputBytes,
    output: paid.output,
    prices: quote.prices,
    maxChargeAtomic: turn.maxAtomic,
    beforeAtomic: paid.beforeAtomic,
    ...(context.baseModelSha256 === undefined ? {} : { baseModelSha256: context.baseModelSha256 }),
  })
  await settleTurn(channel, paid.payload, paid.tail.paymentResponse)
  const expected = BigInt(paid.tail.receipt.cumulativeAtomic)
  const got = await chargedAtomic(channel)
  if (got !== expected) throw new Problem('receipt_invalid', { param: 'paymentResponse', got, expected })
  await clearOpenTurn(store, channel.id)
}

/** A stream that ended by itself: stopped by its reader, refused by the node, or cut by the network. */
function brokenOff(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof Problem) return error
  return new Problem('node_unreachable', { got: 'an answer that broke off', cause: error })
}

/** Runs one turn, handing on each piece of text as it comes. */
export async function runTurn(
  context: TurnContext,
  job: {
    messages: readonly ChatMessage[]
    options: AskOptions
    controller: AbortController
    onText: (text: string) => void
  },
): Promise<TurnResult> {
  const startedMs = performance.now()
  const turn = await prepare(context, job.messages, job.options, job.controller)
  const { payload, body, beforeAtomic } = await payTurn(context, turn)
  const { prices } = context.checked.quote
  const agreed = { prices, beforeAtomic, maxChargeAtomic: turn.maxAtomic, channelId: context.channel.id }
  let output = ''
  let firstTokenMs: number | null = null
  let end: Tail | null = null
  try {
    for await (const event of readAnswer(body)) {
      if (event.type === 'tail') {
        end = event
        continue
      }
      firstTokenMs ??= performance.now() - startedMs
      output += event.text
      job.onText(event.text)
    }
  } catch (error) {
    throw brokenOff(error, job.controller.signal)
  }
  if (!end) throw new Problem('receipt_invalid', { got: 'an answer that ends without a receipt' })
  const { tail, usage, finishReason } = end
  await accept(context, turn, { payload, beforeAtomic, output, tail })
  const totalMs = performance.now() - startedMs
  return {
    text: output,
    request: JSON.parse(turn.body),
    agreed,
    finishReason,
    usage,
    receipt: tail.receipt,
    receiptSignature: tail.signature,
    chargedAtomic: BigInt(tail.receipt.chargedAtomic),
    cumulativeAtomic: BigInt(tail.receipt.cumulativeAtomic),
    timings: { firstTokenMs: firstTokenMs ?? totalMs, totalMs },
    nodeTimings: tail.timings,
  }
}
