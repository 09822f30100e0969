/** A chat turn from request to answer: priced, admitted, opened and admitted to the engine before a voucher is taken. */
import { maxTokensOf, TURN_SIGNATURE_HEADER, turnTypedData } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import { type Hex, hexData } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Generation } from '@grimoire/schema/utterance'
import { decodePaymentSignatureHeader } from '@x402/core/http'
import { verifyTypedData } from 'viem'
import type { UnderWay } from '../admission/answering.ts'
import type { GivenGrant } from '../admission/grants.ts'
import { refuseTooLong } from '../engine/limits.ts'
import type { Sampling } from '../engine/protocol.ts'
import type { NodeParts } from '../parts.ts'
import { channelIdOf, type Paid, payerOf, voucherSignerOf } from '../till/till.ts'
import { type AnswerJob, runAnswer } from './answer.ts'
import { readProbe, readTurn, type Turn } from './turn.ts'
import { nameAnswer, streamAnswer, wholeAnswer } from './wire.ts'

/** GET: the 402 that x402's refund asks for, and the refund itself. */
export async function probe(parts: NodeParts, request: Request): Promise<Response> {
  const model = new URL(request.url).searchParams.get('model')
  if (!model) throw new Problem('request_invalid', { param: 'model', expected: '?model=<model name>' })
  const taken = await parts.till.take(request, await readProbe(parts.ledger, model))
  if (taken instanceof Response) return taken
  await taken.settle(0n)
  throw new Problem('method_not_allowed', { got: 'GET with a voucher', expected: 'POST' })
}

export async function chat(parts: NodeParts, request: Request, body: unknown): Promise<Response> {
  const turn = await readTurn(parts.ledger, body)
  const header = request.headers.get('payment-signature')
  if (header === null) return unpaid(parts, request, turn)
  const { payload } = readPayment(header)
  const grant = parts.grants.find(payerOf(payload), turn, request.headers.get(GRANT_HEADER) ?? undefined)
  const underWay = parts.answering.begin(grant)
  try {
    await Promise.all([parts.grants.require(grant), requireTurnSignature(parts, request, turn, payload)])
    return await admitted(parts, request, { turn, grant, underWay })
  } catch (error) {
    underWay.done()
    throw error
  }
}

type Admitted = { turn: Turn; grant: GivenGrant; underWay: UnderWay }

async function admitted(
  parts: NodeParts,
  request: Request,
  { turn, grant, underWay }: Admitted,
): Promise<Response> {
  const opened = await parts.works.open(grant)
  const messages = opened.messagesFor(turn.request)
  refuseTooLong(await parts.engine.count(messages), parts.engine.facts.contextTokens)
  const gone = goneOf(request)
  const exit = await parts.engine.turnstile.enter(gone.signal)
  const leave = () => {
    underWay.done()
    exit()
  }
  try {
    const paid = await parts.till.take(request, turn.terms)
    if (paid instanceof Response) {
      leave()
      return paid
    }
    const sampling = samplingOf(turn, opened.generation)
    const { over } = underWay
    if (over.aborted) await refuseSold(parts, grant, paid)
    return await answer(
      parts,
      { turn, grant, messages, sampling, paid, gone: gone.signal, over },
      gone,
      leave,
    )
  } catch (error) {
    leave()
    throw error
  }
}

/** The work was sold while this turn waited for its place or its deposit: it is free, and says why. */
async function refuseSold({ grants }: NodeParts, grant: GivenGrant, paid: Paid): Promise<void> {
  await paid.settle(0n)
  await grants.require(grant)
  throw new Problem('grant_missing', { got: grant.id })
}

/** The price comes before the grant: only the payment says who asks. A node that may not serve says so at once. */
async function unpaid(parts: NodeParts, request: Request, turn: Turn): Promise<Response> {
  await parts.ledger.requireServing(turn.workId)
  await parts.works.manifest(turn)
  const taken = await parts.till.take(request, turn.terms)
  if (taken instanceof Response) return taken
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
