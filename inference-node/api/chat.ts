/** A chat turn from request to answer: priced, admitted, opened and admitted to the engine before a voucher is taken. */
import { randomBytes } from 'node:crypto'
import { TURN_SIGNATURE_HEADER, turnTypedData } from '@grimoire/schema/chat'
import { GRANT_HEADER } from '@grimoire/schema/grant'
import { type Hex, hexData } from '@grimoire/schema/hex'
import { isProblem, Problem, problemResponse } from '@grimoire/schema/problem'
import { decodePaymentSignatureHeader } from '@x402/core/http'
import { verifyTypedData } from 'viem'
import type { UnderWay } from '../admission/answering.ts'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import type { NodeParts } from '../parts.ts'
import { channelIdOf, isItsChannel, payerOf, voucherSignerOf } from '../till/payload.ts'
import { paymentIdOf } from '../till/payment-id.ts'
import type { Verified } from '../till/terms.ts'
import { composed } from './composed.ts'
import { onItsBase } from './its-base.ts'
import { answerTo, startTurn } from './run-turn.ts'
import { samplingOf } from './sampling.ts'
import { readProbe, readTurn, type Turn } from './turn.ts'
import { endUnattended } from './turn-access.ts'
import type { KeptTurn } from './turns.ts'
import { newTurnId } from './wire.ts'

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
export async function chat(node: NodeParts, request: Request, body: unknown): Promise<Response> {
  const turn = await readTurn(node.ledger, body)
  const parts = await onItsBase(node, turn)
  parts.engine.requireAble(samplingOf(turn.request, {}))
  const header = request.headers.get('payment-signature')
  if (header === null) return unpaid(parts, request, turn)
  const payment = readPayment(header)
  const { payload } = payment
  const secret = request.headers.get(GRANT_HEADER) ?? undefined
  const grant = parts.grants.find(payerOf(payload), turn, secret)
  const signedByKey = await requireTurnSignature(parts, request, turn, payload)
  if (secret === undefined && !(signedByKey && parts.till.isVouched(payload))) throw unproven(signedByKey)
  const id = paymentIdOf(payment, turn.requestHash)
  const answered = await parts.turns.paidOnce.turnOf(channelIdOf(payload), id, async began => {
    await endUnattended(parts, payload)
    return paidFor(parts, request, { turn, grant, payload, signedByKey, began })
  })
  if (answered instanceof Response) return answered
  await parts.grants.require(grant)
  if (!answered.running) throw new Problem('internal')
  return answerTo(answered.running, answered, request)
}

type PaidFor = {
  turn: Turn
  grant: GivenGrant
  payload: unknown
  signedByKey: boolean
  began(turn: KeptTurn): void
}

async function paidFor(parts: NodeParts, request: Request, asked: PaidFor): Promise<Response> {
  const { turn, grant, payload, signedByKey, began } = asked
  const underWay = parts.answering.begin(grant)
  try {
    // From here on no end of the grant is missed.
    await parts.grants.require(grant)
    const paused = pausedAnswer(parts, turn, grant)
    const verified = paused ?? (await parts.till.verify(request, turn.terms))
    if (!(verified instanceof Response)) {
      const signer = voucherSignerOf(payload)
      return await admitted(parts, request, { turn, grant, underWay, verified, signer, signedByKey, began })
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

type Admitted = {
  turn: Turn
  grant: GivenGrant
  underWay: UnderWay
  verified: Verified
  signer: Hex
  signedByKey: boolean
  began(turn: KeptTurn): void
}

/** Everything that could refuse the turn comes before the deposit. */
async function prepared({ works, engine, grants }: NodeParts, { turn, grant, verified, underWay }: Admitted) {
  try {
    const opened = await works.open(grant)
    const told = await composed(engine, { behaviour: opened, knowledge: opened.knowledge }, turn.request)
    underWay.admit()
    engine.turnstile.requireRoom()
    return { ...told, hidden: opened.hidden }
  } catch (error) {
    await verified.cancel()
    works.noteRefused(grant, error)
    // Key nodes may know of a sale before this node does.
    throw (await grants.whyNot(grant, underWay.over, isProblem(error, 'network_refused'))) ?? error
  }
}

async function admitted(parts: NodeParts, request: Request, admitted: Admitted): Promise<Response> {
  const { turn, grant, underWay, verified, signer, signedByKey, began } = admitted
  const ready = await prepared(parts, admitted)
  const paid = await verified.confirm()
  if (paid instanceof Response) {
    underWay.done()
    return paid
  }
  const kept = parts.turns.begin({
    ...{ id: newTurnId(), whole: !turn.request.stream, grantId: grant.id },
    ...{ channelId: paid.channelId, signer },
    ...(signedByKey ? {} : { token: randomBytes(24).toString('base64url') }),
  })
  const { over, done } = underWay
  const running = startTurn(parts, { kept, turn, grant, ...ready, paid, over }, () => done())
  kept.running = running
  began(kept)
  return answerTo(running, kept, request)
}

/** The price comes before the grant: only the payment says who asks. A node that may not serve says so at once. */
async function unpaid(parts: NodeParts, request: Request, turn: Turn): Promise<Response> {
  await parts.ledger.requireServing(turn.workId)
  await parts.works.manifest(turn)
  const asked = await parts.till.verify(request, turn.terms)
  if (asked instanceof Response) return asked
  throw new Problem('internal')
}

function readPayment(header: string): { payload: unknown; extensions?: unknown } {
  try {
    return decodePaymentSignatureHeader(header)
  } catch (cause) {
    throw new Problem('payment_refused', { expected: 'a PAYMENT-SIGNATURE header of x402 version 2', cause })
  }
}

/** Channels, and the last voucher of each, are public on the chain: neither shows that the holder asks. */
const unproven = (signedByKey: boolean) =>
  new Problem('grant_secret_missing', {
    got: signedByKey
      ? 'a signature by the key of a channel that its payer never filled here'
      : `neither ${GRANT_HEADER} nor ${TURN_SIGNATURE_HEADER}`,
    expected: `the id of the holder’s grant in the header ${GRANT_HEADER}, or the channel key’s signature in ${TURN_SIGNATURE_HEADER}`,
  })

/** Without the header a turn is served too, to whoever shows the grant; with it, it has to be the channel key's over this very request. */
async function requireTurnSignature(
  parts: NodeParts,
  request: Request,
  turn: Turn,
  payload: unknown,
): Promise<boolean> {
  const header = request.headers.get(TURN_SIGNATURE_HEADER)
  if (header === null) return false
  const signature = hexData.safeParse(header)
  const { chainId, works } = parts.ledger.options.addresses
  const signer = voucherSignerOf(payload)
  const message = { channelId: channelIdOf(payload), requestHash: turn.requestHash }
  const valid =
    signature.success &&
    isItsChannel(payload, chainId) &&
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
  return true
}
