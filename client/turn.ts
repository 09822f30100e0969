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
import { isProblem, Problem } from '@grimoire/schema/problem'
import type { Receipt, Timings } from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import { acceptTurn } from './accept-turn.ts'
import { Kept } from './answer.ts'
import type { Agreed } from './check-receipt.ts'
import { followTurn } from './follow-turn.ts'
import type { KeptTurn } from './kept-turn.ts'
import { type AtRisk, type PaidTurn, payAgain, payTurn, type Turn, type TurnContext } from './pay-turn.ts'
import type { AnswerEvent, Usage, Waiting } from './read-answer.ts'
import type { Following } from './receipt-chain.ts'
import { stopTurn } from './turn-again.ts'

export type AskOptions = Pick<
  ChatRequest,
  | 'temperature'
  | 'top_p'
  | 'seed'
  | 'max_tokens'
  | 'max_completion_tokens'
  | 'stop'
  | 'frequency_penalty'
  | 'presence_penalty'
  | 'response_format'
  | 'tools'
  | 'tool_choice'
  | 'parallel_tool_calls'
  | 'grimoire'
>

/** For one turn, beside what holds for the whole chat. */
export type TurnLimits = {
  maxAtomic?: bigint
  /** Told before a voucher leaves this machine what it puts at risk; the turn ends with what this throws. */
  beforeVoucher?: (voucher: AtRisk) => void
  /** Told while the turn waits for its first token. */
  onWaiting?: (waiting: Waiting) => void
  /** Told when the line to the node is lost while it answers, and when it is there again. */
  onLine?: (isLost: boolean) => void
  /** Told before the payment leaves, which waits for it, and with all that comes: what `takeUp` goes on with. */
  keep?: (turn: KeptTurn) => void | Promise<void>
}

export type TurnResult = {
  text: string
  /** Functions that the answer calls; they come whole, after the text. */
  calls: ToolCall[]
  /** As it was sent: what the receipt's request hash is the hash of. */
  request: ChatRequest
  /** What both sides had agreed on before the answer: what `recheckReceipt` needs beside the chain. */
  agreed: Agreed
  /** Its reader ended it: the text is what was delivered until then. */
  ended: boolean
  finishReason: string | null
  /** Why the node cut the answer before its end; null when it did not. */
  notice: Problem | null
  usage: Usage | null
  receipt: Receipt
  receiptSignature: Hex
  /** How the receipt follows the last one that this side has seen of its channel. */
  following: Following
  chargedAtomic: bigint
  cumulativeAtomic: bigint
  /** As this side measured them, from sending the request. */
  timings: { firstTokenMs: number; totalMs: number }
  /** As the node reports them. */
  nodeTimings: Timings
}

/** Whoever reads an answer. */
type Reading = { limits: TurnLimits; controller: AbortController; onText: (text: string) => void }
type TurnJob = Reading & { messages: readonly ChatMessage[]; options: AskOptions }

async function prepare(
  context: TurnContext,
  { messages, options, limits, controller }: TurnJob,
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
  for (const ceiling of [context.maxTurnAtomic, limits.maxAtomic ?? context.maxTurnAtomic]) {
    if (maxAtomic <= ceiling) continue
    throw new Problem('cap_reached', {
      param: 'maxTurnAtomic',
      got: `a turn of up to ${maxAtomic}`,
      expected: `at most ${ceiling}`,
    })
  }
  const body = JSON.stringify(request)
  // Of the text as it is sent: JSON drops undefined fields, and the node hashes what arrives.
  const hash = requestHash(JSON.parse(body))
  const { chainId, works } = market.addresses
  const turnSignature = await channel.session.signTypedData(
    turnTypedData({ channelId: channel.id, requestHash: hash }, chainId, works),
  )
  const { beforeVoucher } = limits
  return {
    ...{ body, requestHash: hash, inputBytes, maxAtomic, turnSignature, controller },
    ...(beforeVoucher === undefined ? {} : { beforeVoucher }),
  }
}

type Tail = Extract<AnswerEvent, { type: 'tail' }>

/** What was read of an answer so far. */
type Read = {
  output: string
  calls: ToolCall[]
  firstTokenMs: number | null
  turnId: string | null
  lastEventId: string
  end: Ending | null
}
type Ending = Pick<Tail, 'tail' | 'usage' | 'finishReason' | 'notice'>

/** A turn that has been paid for, and what came of it until now. */
type UnderWay = { turn: Turn; paid: PaidTurn; into: Read; startedMs: number }
/** Without a body it goes on after the last event. */
type How = { job: Reading; body: ReadableStream<Uint8Array> | null; kept: () => void }

/** Reads to the end, over as many connections as it takes. */
async function read(
  context: TurnContext,
  { into, startedMs }: UnderWay,
  { job, body, kept }: How,
): Promise<void> {
  const { turnId, lastEventId } = into
  const { onLine } = job.limits
  const from = { turnId, lastEventId, signal: job.controller.signal, ...(onLine ? { onLine } : {}) }
  for await (const event of followTurn(context, body, from)) {
    if (event.type === 'opening') into.turnId = event.opening.turnId
    if (event.type === 'waiting') job.limits.onWaiting?.(event.waiting)
    if (event.type === 'tail') into.end = event
    if (event.type === 'text') into.lastEventId = event.id ?? into.lastEventId
    if (event.type === 'call') into.calls.push(event.call)
    if (event.type === 'text') into.output += event.text
    if (event.type === 'call' || (event.type === 'text' && event.text !== '')) {
      into.firstTokenMs ??= performance.now() - startedMs
    }
    kept()
    if (event.type === 'text' && event.text !== '') job.onText(event.text)
  }
}

/** Its reader wants no more: the node ends the turn, and hands over all that it charges for. */
async function endTurn(context: TurnContext, into: Read, { onText }: Reading): Promise<void> {
  const { market, channel, checked } = context
  if (into.turnId === null) return
  const place = { nodeUrl: checked.nodeUrl, turnId: into.turnId, session: channel.session }
  const { text, calls, ...end } = await stopTurn(market, place)
  if (!text.startsWith(into.output)) {
    throw new Problem('receipt_invalid', { param: 'output', got: text, expected: into.output })
  }
  if (text.length > into.output.length) onText(text.slice(into.output.length))
  into.output = text
  into.calls = calls
  into.end = end
}

/** Reads to the end, or ends the turn where its reader wants no more. */
async function readOut(context: TurnContext, under: UnderWay, how: How): Promise<Ending> {
  const { into } = under
  const { signal } = how.job.controller
  await read(context, under, how).catch(async error => {
    if (!signal.aborted) throw error
    // A node that does not hear of it now ends the turn when nobody comes back for it.
    await endTurn(context, into, how.job).catch(failed => {
      if (isProblem(failed, 'receipt_invalid')) throw failed
      throw signal.reason
    })
  })
  if (into.end) return into.end
  throw signal.aborted ? signal.reason : new Problem('receipt_invalid', { got: 'no receipt' })
}

const agreedOf = ({ checked, channel }: TurnContext, { turn, paid }: UnderWay): Agreed => ({
  ...{ prices: checked.quote.prices, sharing: checked.sharing, beforeAtomic: paid.beforeAtomic },
  ...{ maxChargeAtomic: turn.maxAtomic, channelId: channel.id },
})

/** The answer to its end, its receipt, and what it came to. */
async function finish(context: TurnContext, under: UnderWay, how: How): Promise<TurnResult> {
  const { turn, paid, into, startedMs } = under
  const { signal } = how.job.controller
  const { tail, usage, finishReason, notice } = await readOut(context, under, how)
  const { output, calls, firstTokenMs } = into
  const following = await acceptTurn(context, turn, { ...paid, output, calls, tail })
  if (signal.aborted && !(signal.reason instanceof Kept)) throw signal.reason
  const totalMs = performance.now() - startedMs
  return {
    ...{ text: output, calls, request: JSON.parse(turn.body), agreed: agreedOf(context, under) },
    ...{ ended: signal.aborted, finishReason, notice, usage },
    ...{ receipt: tail.receipt, receiptSignature: tail.signature, following },
    chargedAtomic: BigInt(tail.receipt.chargedAtomic),
    cumulativeAtomic: BigInt(tail.receipt.cumulativeAtomic),
    timings: { firstTokenMs: firstTokenMs ?? totalMs, totalMs },
    nodeTimings: tail.timings,
  }
}

/** The turn in the form that is kept of it. */
const keptOf = (
  { channel, checked: { quote, paymentKey, nodeUrl, model, sharing } }: TurnContext,
  { turn, paid, into, startedMs }: UnderWay,
): KeptTurn => ({
  channelId: channel.id,
  checked: { quote, paymentKey, nodeUrl, model, sharing },
  body: turn.body,
  turnSignature: turn.turnSignature,
  maxAtomic: String(turn.maxAtomic),
  payment: paid.payload,
  beforeAtomic: String(paid.beforeAtomic),
  maySkip: paid.maySkip,
  sentAtMs: Date.now() - (performance.now() - startedMs),
  turnId: into.turnId,
  lastEventId: into.lastEventId,
  text: into.output,
  calls: [...into.calls],
  firstTokenMs: into.firstTokenMs,
})

/** A reader that can keep no more is not told again: the answer goes on without. */
function untilFull(keep: () => Promise<void>): () => void {
  let isFull = false
  return () => {
    if (isFull) return
    keep().catch(() => {
      isFull = true
    })
  }
}

/** Runs one turn, handing on each piece of text as it comes. */
export async function runTurn(context: TurnContext, job: TurnJob): Promise<TurnResult> {
  const startedMs = performance.now()
  const { keep } = job.limits
  const turn = await prepare(context, job)
  const into: Read = { output: '', calls: [], firstTokenMs: null, turnId: null, lastEventId: '0', end: null }
  const keepNow = async (paid: PaidTurn) => keep?.(keptOf(context, { turn, paid, into, startedMs }))
  const { body, turnId, ...paid } = await payTurn(context, { ...turn, beforePayment: keepNow })
  into.turnId = turnId
  const kept = untilFull(() => keepNow(paid))
  return finish(context, { turn, paid, into, startedMs }, { job, body, kept })
}

/** Takes up a turn that its reader was cut off from, in another page or program perhaps: it is paid for already. */
export async function takeUpTurn(here: TurnContext, kept: KeptTurn, job: Reading): Promise<TurnResult> {
  if (kept.channelId.toLowerCase() !== here.channel.id.toLowerCase()) {
    throw new Problem('request_invalid', {
      param: 'channelId',
      got: kept.channelId,
      expected: here.channel.id,
    })
  }
  const context = { ...here, checked: kept.checked }
  const { body, turnSignature } = kept
  const request = JSON.parse(body)
  const turn: Turn = {
    ...{ body, turnSignature, controller: job.controller },
    ...{ requestHash: requestHash(request), inputBytes: inputBytesOf(request) },
    maxAtomic: BigInt(kept.maxAtomic),
  }
  const paid = {
    ...{ payload: kept.payment, isTakenUp: true as const },
    ...{ beforeAtomic: BigInt(kept.beforeAtomic), maySkip: kept.maySkip },
  }
  const into: Read = {
    ...{ output: kept.text, calls: [...kept.calls], firstTokenMs: kept.firstTokenMs },
    ...{ turnId: kept.turnId, lastEventId: kept.lastEventId, end: null },
  }
  const startedMs = performance.now() - (Date.now() - kept.sentAtMs)
  const under = { turn, paid, into, startedMs }
  const keepNow = untilFull(async () => job.limits.keep?.(keptOf(context, under)))
  if (kept.text) job.onText(kept.text)
  let answer: ReadableStream<Uint8Array> | null = null
  if (into.turnId === null) {
    const again = await payAgain(context, turn, kept.payment)
    answer = again.body
    into.turnId = again.turnId
    keepNow()
  }
  return finish(context, under, { job, body: answer, kept: keepNow })
}
