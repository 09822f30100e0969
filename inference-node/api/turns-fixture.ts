/** A turn in tests, step by step: begun and paid for, read as far as wanted, taken up again or stopped by its key. */

import { requestHash, turnTypedData } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { type TurnTail, turnTail } from '@grimoire/schema/receipt'
import { TURN_HEADER, type TurnAction, turnAccessTypedData } from '@grimoire/schema/turn-access'
import type { PaymentPayload } from '@x402/core/types'
import type { NodeWorld } from '../fixture.ts'
import { type Payer, post } from '../till/fixture.ts'

export type Begun = { id: string; response: Response; payload: PaymentPayload; header: string; body: object }

/** Pays for a turn and returns when its answer begins. */
export async function beginTurn(
  world: NodeWorld,
  payer: Payer,
  { url, body, signed = true }: { url: string; body: object; signed?: boolean },
): Promise<Begun> {
  const request = { stream: true, temperature: 0, ...body }
  const { payload, header } = await payer.pay(url, request)
  const headers: Record<string, string> = signed
    ? { 'payment-signature': header }
    : payer.headers(url, request, header)
  if (signed) {
    const { channelId } = payload.payload.voucher as { channelId: Hex } // Safety: x402's own payload.
    const { chainId, addresses } = world.keys
    const turn = { channelId, requestHash: requestHash(request) }
    headers['grimoire-turn-signature'] = await payer.session.signTypedData(
      turnTypedData(turn, chainId, addresses.works),
    )
  }
  const response = await post(url, request, headers)
  await payer.http.processPaymentResult(payload, name => response.headers.get(name), response.status)
  return { id: response.headers.get(TURN_HEADER) ?? '', response, payload, header, body: request }
}

/** `GET` or `DELETE` of a turn, signed by the channel's key unless headers say otherwise. */
export async function askTurn(
  world: NodeWorld,
  payer: Pick<Payer, 'session'>,
  {
    url,
    id,
    action,
    headers,
  }: { url: string; id: string; action: TurnAction; headers?: Record<string, string> },
): Promise<Response> {
  const { chainId, addresses } = world.keys
  const access = await payer.session.signTypedData(
    turnAccessTypedData({ turnId: id, action }, chainId, addresses.works),
  )
  return fetch(`${url}/v1/turns/${id}`, {
    method: action === 'stop' ? 'DELETE' : 'GET',
    headers: { 'grimoire-turn-access': access, ...headers },
  })
}

/** A turn as one JSON object: its text and its tail. */
export async function wholeOf(response: Response): Promise<{ text: string; tail: TurnTail }> {
  const body = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(body))
  return { text: body.choices[0].message.content, tail: turnTail.parse(body.grimoire) }
}
