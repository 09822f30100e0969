/** One request to an answer: the best operator first, the next one when it fails before the first byte, never after. */
import { type ChatMessage, type ChatRequest, inputBytesOf, maxOutputBytesOf } from '@grimoire/schema/chat'
import { maxChargeAtomic } from '@grimoire/schema/price'
import { asProblem, isProblem, Problem, type ProblemCode } from '@grimoire/schema/problem'
import type { Chat } from '../chat.ts'
import { isGrantLost } from '../kept-grant.ts'
import type { AtRisk } from '../pay-turn.ts'
import type { CheckedQuote } from '../read-quote.ts'
import type { AskOptions, TurnResult } from '../turn.ts'
import type { GatewayContext } from './context.ts'
import type { Directory, Refusal } from './directory.ts'
import { giveNewGrant, requireGrant } from './grants.ts'
import type { Lane, Lanes } from './lanes.ts'
import { type Faults, ranked } from './ranking.ts'
import type { HeldWork } from './shelf.ts'

export type Asked = {
  work: HeldWork
  version?: number
  messages: readonly ChatMessage[]
  options: AskOptions
  signal: AbortSignal
}

/** An answer that has begun: whatever happens from here on happens to it, and to no other operator. */
export type Begun = {
  model: string
  texts: AsyncIterable<string>
  /** Settles when the receipt was checked and written down. */
  result: Promise<TurnResult>
}

export type Parts = { context: GatewayContext; directory: Directory; lanes: Lanes; faults: Faults }

/** What lies in the request, the wallet or the chain: another operator would say the same. */
const FINAL: ReadonlySet<ProblemCode> = new Set([
  ...(['request_invalid', 'model_id_invalid', 'field_unsupported', 'input_invalid', 'card_invalid'] as const),
  ...(['recital_stopped', 'recital_paused', 'not_holder', 'funds_missing'] as const),
  ...(['work_unknown', 'version_unknown', 'cap_reached', 'daily_cap_reached', 'grant_too_long'] as const),
  ...(['chain_unreachable', 'chain_wrong', 'body_too_large'] as const),
  'channel_busy', // By another program with the same wallet: another operator would cost another deposit.
])
/** The least deposit is an operator's own to set: one that is too large for the holder's limit is passed over. */
const isFinal = ({ code, details }: Problem): boolean =>
  FINAL.has(code) && !(code === 'cap_reached' && details.param === 'maxDepositAtomic')
/** No fault of the operator's. A gateway without a wallet has grants for some operators only. */
const BLAMELESS: ReadonlySet<ProblemCode> = new Set([
  ...(['prompt_too_long', 'base_mismatch', 'not_admitted', 'wallet_refused'] as const),
])

const sizeOf = ({ messages, options, work }: Asked) => {
  const request: ChatRequest = { model: work.model, messages: [...messages], ...options }
  return { inputBytes: inputBytesOf(request), maxOutputBytes: maxOutputBytesOf(request) }
}

/** The turn's room in the day's cap is taken before its voucher is signed, and given back as far as it was not used. */
async function reserve({ context }: Parts, asked: Asked, chat: Chat) {
  const { quote } = chat
  const { inputBytes, maxOutputBytes } = sizeOf(asked)
  const maxAtomic = maxChargeAtomic(quote.prices, inputBytes, maxOutputBytes) || 1n
  const { workId, version, operator } = quote
  const { chargedAtomic: beforeAtomic } = await chat.state()
  const { channelId } = chat
  const id = context.book.reserve({ workId, version, operator, channelId, beforeAtomic, maxAtomic })
  return { id, maxAtomic }
}

/** The whole turn, in its lane's order. `begin` is called at the first text, or at an end without any. */
async function runInLane(
  parts: Parts,
  asked: Asked,
  chat: Chat,
  begin: (begun: Begun) => void,
): Promise<void> {
  const { book } = parts.context
  const { id, maxAtomic } = await reserve(parts, asked, chat)
  let atRisk = false
  const beforeVoucher = (voucher: AtRisk) => {
    book.hold(id, voucher)
    atRisk = true
  }
  const answer = chat.ask(asked.messages, asked.options, { maxAtomic, beforeVoucher })
  let hasBegun = false
  // What was delivered until then is paid for: its receipt is worth waiting for.
  const stop = () => answer.end()
  asked.signal.addEventListener('abort', stop)
  if (asked.signal.aborted) stop()
  const result = answer.result.then(
    done => {
      book.settle(id, done)
      return done
    },
    error => {
      const { code } = asProblem(error)
      book.fail(id, { code: asked.signal.aborted ? 'stopped' : code, atRisk })
      if (code === 'receipt_invalid') book.distrust(chat.quote.operator, code)
      if (hasBegun && !asked.signal.aborted) parts.faults.note(chat.quote.operator)
      throw error
    },
  )
  // It is awaited below; until then it is not unhandled.
  result.catch(() => undefined)
  const texts = answer[Symbol.asyncIterator]()
  try {
    const first = await texts.next()
    hasBegun = true
    begin({ model: chat.model, texts: joined(first, texts), result })
  } catch {
    // `result` says the same, after it has been written down.
  }
  await result.finally(() => asked.signal.removeEventListener('abort', stop))
}

async function* joined(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

type InLane = { asked: Asked; quoted: CheckedQuote; lane: Lane }

/** A deposit that is used up, or prices that have moved, are no failure: the chat is opened anew, once. */
async function turnIn(parts: Parts, { asked, quoted, lane }: InLane, begin: (begun: Begun) => void) {
  for (let attempt = 0; ; attempt++) {
    const chat = await lane.chat(asked.work, quoted)
    asked.signal.throwIfAborted()
    try {
      return await runInLane(parts, asked, chat, begin)
    } catch (error) {
      const stale = isProblem(error, 'cap_reached') || isProblem(error, 'quote_invalid')
      if (stale || isProblem(error, 'receipt_invalid')) lane.reopen()
      if (!stale || attempt > 0) throw error
    }
  }
}

/** Resolves at the first text; the lane stays taken until the answer has ended. */
function beginAt(parts: Parts, turn: InLane): Promise<Begun> {
  const { lane } = turn
  lane.waiting += 1
  return new Promise((resolve, reject) => {
    lane
      .queue(() => turnIn(parts, turn, resolve))
      .catch(reject)
      .finally(() => {
        lane.waiting -= 1
      })
  })
}

/** One operator, with one new grant if it lacks one. */
async function tryOperator(parts: Parts, asked: Asked, quoted: CheckedQuote): Promise<Begun> {
  const { context, lanes } = parts
  const { nodeUrl } = quoted
  const { workId, version, operator } = quoted.quote
  const choice = { workId, version, operator, nodeUrl }
  await requireGrant(context, choice)
  const turn = { asked, quoted, lane: lanes.laneFor(quoted) }
  try {
    return await beginAt(parts, turn)
  } catch (error) {
    if (!isGrantLost(error)) throw error
    await giveNewGrant(context, choice)
    return beginAt(parts, turn)
  }
}

function nobody(refusals: readonly Refusal[]): Problem {
  const [only] = refusals
  if (only && refusals.length === 1) return only.problem
  const reasons = refusals.map(({ operator, problem }) => `${operator.slice(0, 10)}…: ${problem.code}`)
  return new Problem('no_operator', { got: reasons.join(', ') || 'no operator in the directory' })
}

export async function beginAnswer(parts: Parts, asked: Asked): Promise<Begun> {
  const { context, directory, faults } = parts
  const { work, version, signal } = asked
  const choice = { workId: work.workId, ...(version === undefined ? {} : { version }) }
  const { quotes, refusals } = await directory.quotesFor(choice)
  const failed = [...refusals]
  const distrusted = context.book.distrusted()
  for (const quoted of ranked(quotes, sizeOf(asked), faults)) {
    const { operator } = quoted.quote
    try {
      if (distrusted.has(operator.toLowerCase())) {
        throw new Problem('receipt_invalid', { detail: 'It misstated one before and is not paid again.' })
      }
      const begun = await tryOperator(parts, asked, quoted)
      faults.forget(operator)
      return begun
    } catch (error) {
      if (signal.aborted) throw error
      const problem = asProblem(error)
      if (isFinal(problem)) throw error
      failed.push({ operator, problem })
      if (!BLAMELESS.has(problem.code)) {
        faults.note(operator)
        directory.drop(operator)
      }
      context.log({ event: 'operator_failed', workId: work.workId, operator, code: problem.code })
    }
  }
  throw nobody(failed)
}
