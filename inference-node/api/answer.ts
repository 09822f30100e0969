/** One answer on its way: generates, counts what was delivered, charges for exactly that, and signs the receipt. */
import { outputHash } from '@grimoire/schema/chat'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { type Receipt, receiptTypedData, type TurnTail } from '@grimoire/schema/receipt'
import type { Utterance } from '@grimoire/schema/utterance'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import type { ChatEnd, Sampling } from '../engine/protocol.ts'
import type { HiddenText } from '../guard/hidden.ts'
import { GuardedAnswer } from '../guard/watch.ts'
import type { Log } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import type { Paid } from '../till/till.ts'
import type { Turn } from './turn.ts'

export type AnswerJob = {
  turn: Turn
  grant: GivenGrant
  messages: Utterance[]
  sampling: Sampling
  hidden: HiddenText | null
  paid: Paid
  /** The caller's going away: the answer stops, and what was delivered is charged: of a whole answer, nothing. */
  gone: AbortSignal
  /** The end of the grant: the answer stops likewise, and its holder still gets the receipt. */
  over: AbortSignal
}

export type Finished = {
  text: string
  finishReason: 'stop' | 'length' | 'content_filter'
  /** Why the answer ends before its model did. */
  notice?: Problem
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number }
  tail: TurnTail
  headers: Record<string, string>
}

/** Hands each piece to `deliver`. Throws after charging nothing when the engine fails: a failed turn is free. */
export async function runAnswer(
  parts: NodeParts,
  job: AnswerJob,
  deliver: (text: string) => void,
): Promise<Finished> {
  const { turn, paid } = job
  const delivered: Delivered = { text: '', bytes: 0, full: false, caught: false }
  let end: ChatEnd
  try {
    end = await generate(parts, job, delivered, deliver)
  } catch (error) {
    await paid.settle(0n).catch(() => undefined)
    throw error
  }
  if (job.gone.aborted && !turn.request.stream) await neverSent(paid)
  const charged = chargeAtomic(turn.prices, { inputBytes: turn.inputBytes, outputBytes: delivered.bytes })
  const settled = await paid.settle(charged)
  const receipt = receiptOf(parts, job, {
    end,
    ...delivered,
    charged,
    cumulativeAtomic: settled.cumulativeAtomic,
  })
  const signature = await parts.payer.account.signTypedData(receiptTypedData(receipt))
  logAnswered(parts.log, receipt, end)
  if (delivered.caught) parts.log({ event: 'recital_stopped', workId: turn.workId, holder: job.grant.holder })
  return {
    text: delivered.text,
    ...ending(delivered, end, job.over),
    usage: {
      prompt_tokens: end.inputTokens,
      completion_tokens: end.outputTokens,
      total_tokens: end.inputTokens + end.outputTokens,
    },
    tail: { receipt, signature, paymentResponse: settled.paymentResponse, timings: timingsOf(end) },
    headers: settled.headers,
  }
}

type Delivered = { text: string; bytes: number; full: boolean; caught: boolean }

/** OpenAI's word for an answer that was cut by a filter, and our sentence beside it. */
function ending(
  delivered: Delivered,
  end: ChatEnd,
  over: AbortSignal,
): Pick<Finished, 'finishReason' | 'notice'> {
  if (delivered.caught) return { finishReason: 'content_filter', notice: new Problem('recital_stopped') }
  return { finishReason: delivered.full || over.aborted ? 'length' : end.reason }
}

/** Nothing of a whole answer was sent: there is nothing to pay for. */
async function neverSent(paid: Paid): Promise<never> {
  await paid.settle(0n)
  throw new Problem('timed_out', { detail: 'The caller left before the answer was whole.' })
}

const logAnswered = (
  log: Log,
  { workId, version, channelId, outputBytes, chargedAtomic }: Receipt,
  end: ChatEnd,
) =>
  log({
    ...{ event: 'turn_answered', workId, version, channelId, chargedAtomic },
    ...{ bytes: outputBytes, tokens: end.outputTokens, milliseconds: Math.round(end.totalMs) },
  })

async function generate(
  { engine, memories }: NodeParts,
  { turn, grant, messages, sampling, hidden, gone, over }: AnswerJob,
  delivered: Delivered,
  deliver: (text: string) => void,
): Promise<ChatEnd> {
  const enough = new AbortController()
  const memory = memories.of(versionKey(turn), grant.holder)
  const guarded = hidden ? new GuardedAnswer(hidden, memory) : null
  const send = (text: string) => {
    if (text === '' || gone.aborted || over.aborted || delivered.full) return
    const bytes = utf8Bytes(text)
    if (delivered.bytes + bytes > turn.maxOutputBytes) {
      delivered.full = true
      return enough.abort() // The voucher covers no more than this.
    }
    deliver(text)
    delivered.text += text
    delivered.bytes += bytes
  }
  const onText = (text: string) => {
    send(guarded ? guarded.push(text) : text)
    if (guarded?.caught) enough.abort()
  }
  const signal = AbortSignal.any([gone, over, enough.signal])
  const end = await engine.chat({ work: versionKey(turn), messages, sampling, signal, onText })
  if (guarded) send(guarded.end())
  delivered.caught = guarded?.caught ?? false
  if (delivered.caught) memory.strike(Date.now())
  return end
}

function timingsOf({ firstTokenMs, totalMs, outputTokens }: ChatEnd): TurnTail['timings'] {
  const decodeSeconds = (totalMs - firstTokenMs) / 1000
  const tokensPerSecond = outputTokens > 1 && decodeSeconds > 0 ? (outputTokens - 1) / decodeSeconds : 0
  const rounded = (value: number) => Math.round(value * 100) / 100
  return {
    firstTokenMs: rounded(firstTokenMs),
    totalMs: rounded(totalMs),
    tokensPerSecond: rounded(tokensPerSecond),
  }
}

function receiptOf(
  { ledger, operator, base }: NodeParts,
  { turn, grant, paid }: AnswerJob,
  done: { end: ChatEnd; text: string; bytes: number; charged: bigint; cumulativeAtomic: string },
): Receipt {
  const { chainId, works } = ledger.options.addresses
  return {
    chainId,
    works,
    workId: turn.workId,
    version: turn.version,
    operator,
    holder: grant.holder,
    channelId: paid.channelId,
    baseModelSha256: base.sha256,
    requestHash: turn.requestHash,
    outputHash: outputHash(done.text),
    inputBytes: turn.inputBytes,
    outputBytes: done.bytes,
    inputTokens: done.end.inputTokens,
    outputTokens: done.end.outputTokens,
    chargedAtomic: String(done.charged),
    cumulativeAtomic: done.cumulativeAtomic,
    servedAtSeconds: Math.floor(Date.now() / 1000),
  }
}
