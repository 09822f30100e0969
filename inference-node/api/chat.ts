/** A chat turn from request to answer: priced, admitted, opened and admitted to the engine before a voucher is taken. */
import { maxTokensOf, TURN_SIGNATURE_HEADER, turnTypedData } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import { type Hex, hexData } from '@grimoire/schema/hex'
import { asProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import type { Generation } from '@grimoire/schema/utterance'
import { decodePaymentSignatureHeader } from '@x402/core/http'
import { verifyTypedData } from 'viem'
import type { UnderWay } from '../admission/answering.ts'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import { refuseTooLong } from '../engine/limits.ts'
import type { Sampling } from '../engine/protocol.ts'
import type { NodeParts } from '../parts.ts'
import { channelIdOf, payerOf, type Verified, voucherSignerOf } from '../till/till.ts'
import { type AnswerJob, runAnswer } from './answer.ts'
import { readProbe, readTurn, type Turn } from './turn.ts'
import { nameAnswer, streamAnswer, wholeAnswer } from './wire.ts'

/** GET: the 402 that x402's refund asks for, and the refund itself. */
export async function probe(parts: NodeParts, request: Request): Promise<Response> {
  const model = new URL(request.url).searchParams.get('model')
  if (!model) throw new Problem('request_invalid', { param: 'model', expected: '?model=<model name>' })
  const header = request.headers.get('payment-signature')
  if (header !== null && typeOf(readPayment(header).payload) !== 'refund') {
    throw new Problem('method_not_allowed', { got: 'GET with a payment', expected: 'POST, or a refund' })
  }
  const answered = await parts.till.verify(request, await readProbe(parts.ledger, model))
  if (answered instanceof Response) return answered
  await answered.cancel()
  throw new Problem('internal')
}

const typeOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'type' in payload ? payload.type : undefined

/** From what costs nothing to what costs most: until the payment is verified, a stranger moves no work of this node. */
export async function chat(parts: NodeParts, request: Request, body: unknown): Promise<Response> {
  const turn = await readTurn(parts.ledger, body)
  const header = request.headers.get('payment-signature')
  if (header === null) return unpaid(parts, request, turn)
  const { payload } = readPayment(header)
  const grant = parts.grants.find(payerOf(payload), turn, request.headers.get(GRANT_HEADER) ?? undefined)
  await requireTurnSignature(parts, request, turn, payload)
  const underWay = parts.answering.begin(grant)
  try {
    await parts.grants.require(grant)
    const paused = pausedAnswer(parts, turn, grant)
    const verified = paused ?? (await parts.till.verify(request, turn.terms))
    if (!(verified instanceof Response)) {
      return await admitted(parts, request, { turn, grant, underWay, verified })
    }
    underWay.done()
    return verified
  } catch (error) {
    underWay.done()
    throw error
  }
}

/** Before the payment is looked at: a holder who was stopped too often waits. */
function pausedAnswer({ memories }: NodeParts, turn: Turn, grant: GivenGrant): Response | null {
  const seconds = memories.of(versionKey(turn), grant.holder).pauseSeconds(Date.now())
  if (seconds === 0) return null
  const problem = new Problem('recital_paused', { expected: `a pause of ${seconds} seconds` })
  return problemResponse(problem, { 'retry-after': String(seconds) })
}

type Admitted = { turn: Turn; grant: GivenGrant; underWay: UnderWay; verified: Verified }

/** Everything that could refuse the turn comes before the deposit. */
async function prepared({ works, engine }: NodeParts, { turn, grant, verified }: Admitted) {
  try {
    const opened = await works.open(grant)
    const messages = opened.messagesFor(turn.request)
    refuseTooLong(await engine.count(messages), engine.facts.contextTokens)
    engine.turnstile.requireRoom()
    return { messages, sampling: samplingOf(turn, opened.generation), hidden: opened.hidden }
  } catch (error) {
    await verified.cancel()
    throw error
  }
}

async function admitted(parts: NodeParts, request: Request, admitted: Admitted): Promise<Response> {
  const { turn, grant, underWay, verified } = admitted
  const ready = await prepared(parts, admitted)
  const paid = await verified.confirm()
  if (paid instanceof Response) {
    underWay.done()
    return paid
  }
  const gone = goneOf(request)
  let exit = () => {}
  const leave = () => {
    underWay.done()
    exit()
  }
  try {
    exit = await parts.engine.turnstile.enter(gone.signal)
    const { over } = underWay
    if (over.aborted) await parts.grants.require(grant)
    if (over.aborted) throw new Problem('grant_missing', { got: grant.id })
    return await answer(parts, { turn, grant, ...ready, paid, gone: gone.signal, over }, gone, leave)
  } catch (error) {
    // No place was left, or the work was sold meanwhile: the turn is free, and the payer learns of its deposit.
    leave()
    await paid.settle(0n).catch(() => undefined)
    return problemResponse(error, {
      ...paid.headers,
      ...(asProblem(error).retry ? { 'retry-after': '1' } : {}),
    })
  }
}

/** The price comes before the grant: only the payment says who asks. A node that may not serve says so at once. */
async function unpaid(parts: NodeParts, request: Request, turn: Turn): Promise<Response> {
  await parts.ledger.requireServing(turn.workId)
  await parts.works.manifest(turn)
  const asked = await parts.till.verify(request, turn.terms)
  if (asked instanceof Response) return asked
  throw new Problem('internal')
}

async function answer(
  parts: NodeParts,
  job: AnswerJob,
  gone: AbortController,
  leave: () => void,
): Promise<Response> {
  const { request, model } = job.turn
  const name = nameAnswer(model)
  const run = (deliver: (text: string) => void) => runAnswer(parts, job, deliver).finally(leave)
  const { headers } = job.paid
  if (!request.stream) return wholeAnswer(run, name, headers)
  const includeUsage = request.stream_options?.include_usage ?? false
  return streamAnswer(run, { name, headers, includeUsage, gone })
}

function readPayment(header: string): { payload: unknown } {
  try {
    return decodePaymentSignatureHeader(header)
  } catch (cause) {
    throw new Problem('payment_refused', { expected: 'a PAYMENT-SIGNATURE header of x402 version 2', cause })
  }
}

/** Without the header a turn is served too; with it, it has to be the channel key's over this very request. */
async function requireTurnSignature(
  parts: NodeParts,
  request: Request,
  turn: Turn,
  payload: unknown,
): Promise<void> {
  const header = request.headers.get(TURN_SIGNATURE_HEADER)
  if (header === null) return
  const signature = hexData.safeParse(header)
  const { chainId, works } = parts.ledger.options.addresses
  const signer = voucherSignerOf(payload)
  const message = { channelId: channelIdOf(payload), requestHash: turn.requestHash }
  const valid =
    signature.success &&
    (await verifyTypedData({
      ...turnTypedData(message, chainId, works),
      address: signer,
      signature: signature.data as Hex,
    }).catch(() => false))
  if (!valid)
    throw new Problem('request_signature_invalid', {
      got: turn.requestHash,
      expected: `a signature by ${signer}`,
    })
}

/** A request's own settings, else the creator's, else OpenAI's defaults. */
function samplingOf({ request }: Turn, fixed: Generation): Sampling {
  const stop = request.stop ?? fixed.stop ?? []
  const topP = request.top_p ?? fixed.topP
  const asked = request.max_completion_tokens ?? request.max_tokens
  return {
    temperature: request.temperature ?? fixed.temperature ?? 1,
    ...(topP === undefined ? {} : { topP }),
    ...(request.seed === undefined || request.seed === null ? {} : { seed: request.seed }),
    stop: typeof stop === 'string' ? [stop] : stop,
    maxTokens: asked ?? Math.min(fixed.maxTokens ?? Number.POSITIVE_INFINITY, maxTokensOf(request)),
  }
}

function goneOf(request: Request): AbortController {
  const gone = new AbortController()
  if (request.signal.aborted) gone.abort()
  request.signal.addEventListener('abort', () => gone.abort())
  return gone
}
