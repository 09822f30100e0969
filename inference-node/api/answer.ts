/** One paid answer on its way: counts what was delivered, charges for exactly that, and signs the receipt. */
import { outputBytesOf } from '@grimoire/schema/chat'
import { Problem } from '@grimoire/schema/problem'
import type { Receipt, Timings, TurnTail } from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import type { Utterance } from '@grimoire/schema/utterance'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import type { ChatEnd, PromptProgress, Sampling } from '../engine/protocol.ts'
import type { HiddenText } from '../guard/hidden.ts'
import type { Log } from '../log.ts'
import type { NodeParts } from '../parts.ts'
import type { Paid } from '../till/terms.ts'
import { type Piece, type Usage, usageOf } from './pieces.ts'
import { type Ending, endingOf, type Spoken, speak } from './speak.ts'
import type { Turn } from './turn.ts'
import type { KeptTurn } from './turns.ts'

export type AnswerJob = {
  kept: KeptTurn
  turn: Turn
  grant: GivenGrant
  messages: Utterance[]
  sampling: Sampling
  hidden: HiddenText | null
  quotable: string
  paid: Paid
  /** The end of the grant: the answer stops, and its holder still gets the receipt. */
  over: AbortSignal
  say(piece: Piece): void
}

export type Finished<Tail = TurnTail> = Ending & {
  text: string
  calls: ToolCall[]
  usage: Usage
  /** What stands beside OpenAI's fields: of a draft, a receipt without a price. */
  tail: Tail
  headers: Record<string, string>
}

/**
 * Says what the engine says, then waits until it was handed over as far as it ever will be: that, and nothing else, is
 * charged. `exit` frees the place in the engine, which nobody's connection holds up. Throws when the engine fails.
 */
export async function runAnswer(parts: NodeParts, job: AnswerJob, exit: () => void): Promise<Finished> {
  const { turn, paid, kept, grant } = job
  const spoken = await generate(parts, job).finally(exit)
  const { end } = spoken
  const pieces = await kept.live.delivered()
  if (pieces === null)
    throw new Problem('timed_out', { detail: 'The caller left before the answer was whole.' })
  const text = pieces.map(piece => piece.text ?? '').join('')
  // Nothing of it was handed over before the sale: then nothing is charged, and the refusal says why.
  if (job.over.aborted && pieces.length === 0) throw new Problem('grant_missing', { got: grant.holder })
  const calls = pieces.flatMap(({ call }) => (call ? [call] : []))
  const answered = { id: kept.id, turn, grant, paid, end, text, calls }
  const { paymentResponse, headers, ...signed } = await parts.receipts.issue(answered)
  const ended = endingOf(spoken, spoken.isFull || job.over.aborted)
  try {
    logAnswered(parts.log, signed.receipt, end)
    parts.metrics.answered({ ...end, receipt: signed.receipt, finishReason: ended.finishReason })
    if (spoken.caught) parts.log({ event: 'recital_stopped', workId: turn.workId, holder: grant.holder })
  } catch {
    // It is charged and its receipt signed: a log that cannot be written must not keep that from its holder.
  }
  return {
    ...{ text, calls, ...ended },
    usage: usageOf(end, signed.receipt.chargedAtomic),
    tail: { ...signed, paymentResponse, timings: timingsOf(end) },
    headers,
  }
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

/** What is beyond the voucher's cover is not said. */
async function generate(
  { engine, memories }: NodeParts,
  job: AnswerJob,
): Promise<Spoken & { isFull: boolean }> {
  const { turn, grant, messages, sampling, hidden, quotable, kept, over } = job
  const [work, { holder }] = [versionKey(turn), grant]
  const memory = memories.of(work, holder)
  let [bytes, isFull] = [0, false]
  const say = (piece: Piece) => {
    bytes += outputBytesOf(piece.text ?? '', piece.call ? [piece.call] : [])
    isFull = bytes > turn.maxOutputBytes
    if (!isFull) job.say(piece)
    return !isFull
  }
  const onProgress = ({ processedTokens, promptTokens }: PromptProgress) =>
    kept.live.note(`prompt ${processedTokens}/${promptTokens}`)
  const ask = { work, holder, messages, sampling, onProgress }
  const spoken = await speak(engine, { ask, hidden, quotable, memory, until: [kept.live.halted, over], say })
  if (spoken.caught) memory.strike(Date.now())
  return { ...spoken, isFull }
}

/** In llama-server's names and units. What comes before the first token is counted with the prompt. */
export function timingsOf({ firstTokenMs, totalMs, inputTokens, outputTokens }: ChatEnd): Timings {
  const predictedMs = totalMs - firstTokenMs
  const rounded = (value: number) => (Number.isFinite(value) ? Math.round(value * 1000) / 1000 : 0)
  return {
    prompt_n: inputTokens,
    prompt_ms: rounded(firstTokenMs),
    prompt_per_token_ms: rounded(firstTokenMs / inputTokens),
    prompt_per_second: rounded((inputTokens / firstTokenMs) * 1000),
    predicted_n: outputTokens,
    predicted_ms: rounded(predictedMs),
    predicted_per_token_ms: rounded(predictedMs / outputTokens),
    predicted_per_second: rounded((outputTokens / predictedMs) * 1000),
  }
}
