/** A turn from another connection than the one that paid for it: read on from an event, or stopped with its text kept. */
import { Problem } from '@grimoire/schema/problem'
import type { TurnTail } from '@grimoire/schema/receipt'
import { type ToolCall, toolCall } from '@grimoire/schema/tools'
import { TURN_ACCESS_HEADER, type TurnAction, turnAccessTypedData } from '@grimoire/schema/turn-access'
import type { PrivateKeyAccount } from 'viem'
import { z } from 'zod'
import type { Market } from './market.ts'
import { type AnswerEvent, noticeOf, readAnswer, requireTail, type Usage, usage } from './read-answer.ts'
import { problemOf } from './transport.ts'

export type TurnPlace = {
  nodeUrl: string
  turnId: string
  /** The channel's key: the only one that may read or stop the turn. */
  session: Pick<PrivateKeyAccount, 'signTypedData'>
}

export type WholeAnswer = {
  text: string
  calls: ToolCall[]
  tail: TurnTail
  usage: Usage | null
  finishReason: string | null
  notice: Problem | null
}

const whole = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullable(), tool_calls: z.array(toolCall).optional() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: usage.nullish(),
  grimoire: z.unknown(),
})

type Asked = {
  method: 'GET' | 'DELETE'
  action: TurnAction
  headers?: Record<string, string>
  signal?: AbortSignal
}

async function askFor(market: Market, place: TurnPlace, { method, action, headers, signal }: Asked) {
  const { chainId, works } = market.addresses
  const { turnId, nodeUrl, session } = place
  const signature = await session.signTypedData(turnAccessTypedData({ turnId, action }, chainId, works))
  const response = await market
    .fetch(`${nodeUrl}/v1/turns/${turnId}`, {
      method,
      headers: { ...headers, [TURN_ACCESS_HEADER]: signature },
      ...(signal ? { signal } : {}),
    })
    .catch(cause => {
      signal?.throwIfAborted()
      throw new Problem('node_unreachable', { got: `no answer from ${nodeUrl}`, cause })
    })
  if (!response.ok) throw await problemOf(response, { url: nodeUrl, unreachable: 'node_unreachable' })
  return response
}

/** The events of a turn after the one named, as they come: from its beginning when none is named. */
export async function* resumeTurn(
  market: Market,
  place: TurnPlace,
  { lastEventId = '0', signal }: { lastEventId?: string; signal?: AbortSignal } = {},
): AsyncGenerator<AnswerEvent> {
  const headers = { 'last-event-id': lastEventId, accept: 'text/event-stream' }
  const asked = { method: 'GET', action: 'read', headers, ...(signal ? { signal } : {}) } as const
  const { body } = await askFor(market, place, asked)
  if (!body) throw new Problem('node_unreachable', { got: 'an answer without a body' })
  yield* readAnswer(body)
}

/** Ends a turn. What it said so far comes back whole, with its receipt: that, and no more, was paid for. */
export async function stopTurn(
  market: Market,
  place: TurnPlace,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): Promise<WholeAnswer> {
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await askFor(market, place, { method: 'DELETE', action: 'stop', signal })
  // What is no JSON has not the shape either.
  const parsed = whole.safeParse(await response.json().catch(() => undefined))
  const [choice] = parsed.data?.choices ?? []
  if (!parsed.success || !choice) {
    throw new Problem('node_unreachable', { got: 'a stopped turn', expected: 'its text and its receipt' })
  }
  return {
    text: choice.message.content ?? '',
    calls: choice.message.tool_calls ?? [],
    tail: requireTail(parsed.data.grimoire),
    usage: parsed.data.usage ?? null,
    finishReason: choice.finish_reason ?? null,
    notice: noticeOf(parsed.data.grimoire),
  }
}
