/** Charges answers and signs for them: one at a time for each channel, every receipt naming the one before it. */
import { outputBytesOf, outputHash } from '@grimoire/schema/chat'
import { chargeAtomic } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import {
  NO_RECEIPT,
  type Receipt,
  receiptHash,
  receiptTypedData,
  type SignedReceipt,
  splitOf,
} from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import type { GivenGrant } from '../admission/grants.ts'
import { versionKey } from '../admission/grants.ts'
import type { ChatEnd } from '../engine/protocol.ts'
import type { NodeParts } from '../parts.ts'
import type { Paid } from '../till/terms.ts'
import type { Turn } from './turn.ts'

export type Answered = {
  id: string
  turn: Turn
  grant: GivenGrant
  paid: Paid
  /** What was delivered, and nothing else. */
  text: string
  calls: readonly ToolCall[]
  end: ChatEnd
}

export type Issued = SignedReceipt & Pick<Awaited<ReturnType<Paid['settle']>>, 'paymentResponse' | 'headers'>

type Last = { sequence: number; receiptHash: string }
type Parts = Pick<NodeParts, 'ledger' | 'operator' | 'bases' | 'payer' | 'journal' | 'log'>

export class Receipts {
  readonly #parts: Parts
  readonly #issuing = new Map<string, Promise<unknown>>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A charge and its receipt are written together; two turns of a channel keep their order in both. */
  issue(answered: Answered): Promise<Issued> {
    const { channelId } = answered.paid
    const before = this.#issuing.get(channelId) ?? Promise.resolve()
    const issued = before.then(() => this.#issueNow(answered))
    const settled = issued
      .catch(() => undefined)
      .finally(() => {
        if (this.#issuing.get(channelId) === settled) this.#issuing.delete(channelId)
      })
    this.#issuing.set(channelId, settled)
    return issued
  }

  async #issueNow(answered: Answered): Promise<Issued> {
    const { turn, paid, text, calls } = answered
    const { sharing } = turn
    const bytes = { inputBytes: turn.inputBytes, outputBytes: outputBytesOf(text, calls) }
    const charged = chargeAtomic(turn.prices, bytes)
    const facts = { ...this.#facts(answered), ...bytes, chargedAtomic: String(charged) }
    let signed: SignedReceipt | undefined
    const { paymentResponse, headers } = await paid.settle(charged, async cumulativeAtomic => {
      const receipt = { ...facts, cumulativeAtomic, split: splitOf(charged, sharing) }
      const signature = await this.#parts.payer.account.signTypedData(receiptTypedData(receipt))
      signed = { receipt, signature }
      return () => this.#write(answered, { receipt, signature })
    })
    if (!signed) throw new Problem('internal')
    return { ...signed, paymentResponse, headers }
  }

  #facts({ turn, grant, paid, text, calls, end }: Answered) {
    const { ledger, operator, bases } = this.#parts
    const { base, engine } = bases.of(versionKey(turn))
    const { chainId, works } = ledger.options.addresses
    const last = this.#last(paid.channelId)
    return {
      ...{ chainId, works, workId: turn.workId, version: turn.version, operator },
      ...{ holder: grant.holder, channelId: paid.channelId },
      ...{ baseModelSha256: base.sha256, engineBuild: engine.facts.build.slice(0, 200) },
      ...{ requestHash: turn.requestHash, outputHash: outputHash(text, calls) },
      ...{ inputTokens: end.inputTokens, outputTokens: end.outputTokens },
      sequence: (last?.sequence ?? 0) + 1,
      previousHash: (last?.receiptHash ?? NO_RECEIPT) as Receipt['previousHash'], // Safety: `#write` wrote it.
      servedAtSeconds: Math.floor(Date.now() / 1000),
    }
  }

  #last(channelId: string): Last | null {
    return this.#parts.journal.last(channelId)
  }

  #write({ id, end: { firstTokenMs, totalMs } }: Answered, signed: SignedReceipt): void {
    const { sequence } = signed.receipt
    const last = { sequence, receiptHash: receiptHash(signed.receipt) }
    this.#parts.journal.answered({ id, ...last, signed, firstTokenMs, totalMs })
  }
}
