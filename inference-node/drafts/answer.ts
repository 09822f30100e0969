/** One free answer of a draft: guarded as its holders' answers will be, counted in turns, signed without a price. */
import { outputHash, requestHash } from '@grimoire/schema/chat'
import { type DraftReceipt, type DraftTail, draftReceiptTypedData } from '@grimoire/schema/draft'
import { Problem } from '@grimoire/schema/problem'
import type { ToolCall } from '@grimoire/schema/tools'
import type { Finished } from '../api/answer.ts'
import type { Composed } from '../api/composed.ts'
import { type Piece, usageOf } from '../api/pieces.ts'
import { type Ending, endingOf, type Spoken, speak } from '../api/speak.ts'
import { Yielding } from '../engine/yielding.ts'
import type { NodeParts } from '../parts.ts'
import type { Draft } from './drafts.ts'

/** A free answer is for a look, not for work. */
const MAX_TOKENS = 512

type DraftParts = Pick<NodeParts, 'engine' | 'ledger' | 'operator' | 'base' | 'payer' | 'drafts' | 'log'>

export type DraftTurn = {
  draft: Draft
  body: unknown
  told: Composed
  gone: AbortSignal
}

type Said = Spoken & { text: string; calls: ToolCall[]; yielded: boolean }

/** Stops at once when someone who pays has to wait. */
async function generate(
  { engine }: DraftParts,
  { draft, told, gone }: DraftTurn,
  deliver: (piece: Piece) => void,
): Promise<Said> {
  const { behaviour, memory, over, work } = draft
  const yielding = new Yielding(engine.turnstile)
  const said = { text: '', calls: [] as ToolCall[] }
  const say = (piece: Piece) => {
    if (yielding.look()) return false
    said.text += piece.text ?? ''
    if (piece.call) said.calls.push(piece.call)
    deliver(piece)
    return true
  }
  const { messages, sampling, quotable } = told
  const maxTokens = Math.min(MAX_TOKENS, sampling.maxTokens)
  try {
    const spoken = await speak(engine, {
      ...{
        ask: { work, messages, sampling: { ...sampling, maxTokens } },
        hidden: behaviour.hidden,
        quotable,
        memory,
      },
      ...{ until: [gone, over.signal, yielding.signal], say },
    })
    return { ...said, ...spoken, yielded: yielding.signal.aborted }
  } finally {
    yielding.stop()
  }
}

function ending(said: Said, over: boolean): Ending {
  if (said.yielded && !said.caught)
    return { finishReason: 'length', notice: new Problem('node_busy', { detail: 'A paid turn came.' }) }
  return endingOf(said, over)
}

function receiptOf(
  { ledger, operator, base, engine }: DraftParts,
  turn: DraftTurn,
  said: Said,
): DraftReceipt {
  const { chainId, works } = ledger.options.addresses
  return {
    ...{ chainId, works, operator },
    wallet: turn.draft.wallet,
    draftHash: turn.draft.hash,
    baseModelSha256: base.sha256,
    engineBuild: engine.facts.build.slice(0, 200),
    requestHash: requestHash(turn.body),
    outputHash: outputHash(said.text, said.calls),
    inputTokens: said.end.inputTokens,
    outputTokens: said.end.outputTokens,
    servedAtSeconds: Math.floor(Date.now() / 1000),
  }
}

export async function answerDraft(
  parts: DraftParts,
  turn: DraftTurn,
  deliver: (piece: Piece) => void,
): Promise<Finished<DraftTail>> {
  const said = await generate(parts, turn, deliver)
  const receipt = receiptOf(parts, turn, said)
  const signature = await parts.payer.account.signTypedData(draftReceiptTypedData(receipt))
  const { draft } = turn
  const { outputTokens, totalMs } = said.end
  parts.log({
    event: 'draft_answered',
    holder: draft.wallet,
    tokens: outputTokens,
    milliseconds: Math.round(totalMs),
  })
  return {
    text: said.text,
    calls: said.calls,
    ...ending(said, draft.over.signal.aborted),
    usage: usageOf(said.end),
    tail: { draftReceipt: receipt, signature, turnsLeftToday: parts.drafts.allowance.left(draft.wallet) },
    headers: {},
  }
}
