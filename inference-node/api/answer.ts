/** One answer on its way: generates, counts what was delivered, charges for exactly that, and signs the receipt. */
import { outputHash } from '@grimoire/schema/chat'
import { chargeAtomic, utf8Bytes } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { type Receipt, receiptTypedData, type TurnTail } from '@grimoire/schema/receipt'
import type { Utterance } from '@grimoire/schema/utterance'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import type { ChatEnd, Sampling } from '../engine/protocol.ts'
import type { Log } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import type { Paid } from '../till/till.ts'
import type { Turn } from './turn.ts'

export type AnswerJob = {
  turn: Turn
  grant: GivenGrant
  messages: Utterance[]
  sampling: Sampling
  paid: Paid
  /** The caller's going away: the answer stops, and what was delivered is charged: of a whole answer, nothing. */
  gone: AbortSignal
  /** The end of the grant: the answer stops likewise, and its holder still gets the receipt. */
  over: AbortSignal
}

export type Finished = {
  text: string
  finishReason: 'stop' | 'length'
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
  const delivered = { text: '', bytes: 0, full: false }
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
  return {
    text: delivered.text,
    finishReason: delivered.full || job.over.aborted ? 'length' : end.reason,
    usage: {
      prompt_tokens: end.inputTokens,
      completion_tokens: end.outputTokens,
      total_tokens: end.inputTokens + end.outputTokens,
    },
    tail: { receipt, signature, paymentResponse: settled.paymentResponse, timings: timingsOf(end) },
    headers: settled.headers,
  }
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
  { engine }: NodeParts,
  { turn, messages, sampling, gone, over }: AnswerJob,
  delivered: { text: string; bytes: number; full: boolean },
  deliver: (text: string) => void,
): Promise<ChatEnd> {
  const full = new AbortController()
  const onText = (text: string) => {
    const bytes = utf8Bytes(text)
    if (gone.aborted || over.aborted || delivered.full) return
    if (delivered.bytes + bytes > turn.maxOutputBytes) {
      delivered.full = true
      return full.abort() // The voucher covers no more than this.
    }
    deliver(text)
    delivered.text += text
    delivered.bytes += bytes
  }
  const signal = AbortSignal.any([gone, over, full.signal])
  return engine.chat({ work: versionKey(turn), messages, sampling, signal, onText })
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
