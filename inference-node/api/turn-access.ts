/** Reading a turn again, or stopping it, from any connection: its holder's key, or the token that a stock client was given. */
import { type Hex, hexData } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import {
  TURN_ACCESS_HEADER,
  TURN_HEADER,
  type TurnAction,
  turnAccessTypedData,
} from '@grimoire/schema/turn-access'
import { verifyTypedData } from 'viem'
import { bearerOf, sameSecret } from '../bearer.ts'
import type { NodeParts } from '../parts.ts'
import { channelIdOf } from '../till/payload.ts'
import { isVoucherBy } from '../till/voucher.ts'
import { wholeAnswer } from './run-turn.ts'
import type { KeptTurn } from './turns.ts'
import { STREAM_HEADERS } from './wire.ts'

/** `GET`: the events after `Last-Event-ID`, or the whole answer when it was asked for whole or as JSON. */
export async function readTurnAgain(parts: NodeParts, request: Request, id: string): Promise<Response> {
  const kept = await allowed(parts, request, { id, action: 'read' })
  // Whoever sold the work is not told again what it said; the sweep forgets it a moment later.
  await parts.grants.require(parts.grants.named(kept.grantId))
  const json = /^application\/json/.test(request.headers.get('accept') ?? '')
  if (kept.whole || json) return takenWhole(kept, request)
  const last = request.headers.get('last-event-id') ?? '0'
  if (!/^\d{1,9}$/.test(last)) {
    throw new Problem('request_invalid', {
      param: 'last-event-id',
      got: last,
      expected: 'the id of an event',
    })
  }
  return new Response(kept.live.listen(Number(last)), { headers: { ...STREAM_HEADERS, [TURN_HEADER]: id } })
}

/** `DELETE`: ends it now. Its answer is the whole text so far with the receipt, so that nothing that is paid for is lost. */
export async function stopTurn(parts: NodeParts, request: Request, id: string): Promise<Response> {
  const kept = await allowed(parts, request, { id, action: 'stop' })
  const taken = takenWhole(kept, request)
  kept.live.stop(request.signal)
  return taken
}

async function takenWhole(kept: KeptTurn, request: Request): Promise<Response> {
  await kept.live.take(request.signal)
  const { running } = kept
  if (!running) throw new Problem('turn_unknown', { got: kept.id })
  return wholeAnswer(kept, running)
}

async function allowed(
  { turns, ledger }: NodeParts,
  request: Request,
  access: { id: string; action: TurnAction },
): Promise<KeptTurn> {
  const kept = turns.require(access.id)
  const { chainId, works } = ledger.options.addresses
  const header = request.headers.get(TURN_ACCESS_HEADER)
  if (header === null && kept.token && sameSecret(bearerOf(request.headers.get('authorization')), kept.token))
    return kept
  const typedData = turnAccessTypedData({ turnId: access.id, action: access.action }, chainId, works)
  const signature = hexData.safeParse(header)
  const signed =
    signature.success &&
    (await verifyTypedData({ ...typedData, address: kept.signer, signature: signature.data as Hex }).catch(
      () => false,
    ))
  if (signed) return kept
  throw new Problem('turn_access_refused', { got: access.id, expected: `a signature by ${kept.signer}` })
}

/**
 * A turn whose reader is gone waits for it to come back, and its channel with it. The same payer asking something new is
 * not coming back: shown by a voucher of the channel's key, whatever the sum, so that no stranger can end it.
 */
export async function endUnattended({ turns, ledger }: NodeParts, payload: unknown): Promise<void> {
  const channelId = channelIdOf(payload)
  const kept = turns.unattended(channelId)
  if (!kept || !(await isVoucherBy(kept.signer, payload, ledger.options.addresses.chainId))) return
  kept.live.leave()
  await kept.live.whenClosed()
}
