/** The places in llama.cpp's memory for conversations, and what each may keep when its turn is over. */
import type { LlamaContextSequence, Token } from 'node-llama-cpp'

export type Slot = {
  readonly index: number
  readonly sequence: LlamaContextSequence
  busy: boolean
  /** Whose hidden prompt stands at its start. */
  work: string | undefined
  /** Whose words stand behind it; nobody else's turn ever finds them. */
  holder: string | undefined
  idleSinceMs: number
}

export type Wanted = {
  work: string
  holder: string | undefined
  tokens: readonly Token[]
  /** How many tokens at the start are the same for every holder of the work: its hidden prompt. */
  sharedTokens: number
}

export type Plan = {
  slot: Slot
  /** What of the slot's state may stay; the rest is erased before the turn. */
  keepTokens: number
  /** A running turn of the same work, whose hidden prompt is copied: that is faster than to read it. */
  copyFrom?: Slot
}

/** Below this, reading is as fast as copying. */
const MIN_COPY_TOKENS = 64

export function commonLength(a: readonly Token[], b: readonly Token[]): number {
  const end = Math.min(a.length, b.length)
  let at = 0
  while (at < end && a[at] === b[at]) at++
  return at
}

/** How much of a slot's state this turn may go on from: its own holder's words, or else the hidden prompt and no more. */
function usable({ work, holder, sequence }: Slot, wanted: Wanted): number {
  if (work !== wanted.work) return 0
  const same = commonLength(sequence.contextTokens, wanted.tokens)
  const own = holder !== undefined && holder === wanted.holder
  return own ? same : Math.min(same, wanted.sharedTokens)
}

/** Of equals, the one that is least missed: an empty one, one whose hidden prompt stands elsewhere too, the oldest. */
function leastMissed(idle: readonly Slot[], all: readonly Slot[]): Slot | undefined {
  const rank = (slot: Slot) => {
    if (slot.work === undefined) return 0
    return all.some(other => other !== slot && other.work === slot.work) ? 1 : 2
  }
  return idle.toSorted((a, b) => rank(a) - rank(b) || a.idleSinceMs - b.idleSinceMs || a.index - b.index)[0]
}

/** Chooses the place for a turn; undefined when all are busy. */
export function place(slots: readonly Slot[], wanted: Wanted): Plan | undefined {
  const idle = slots.filter(({ busy }) => !busy)
  const offers = idle.map(slot => ({ slot, keepTokens: usable(slot, wanted) }))
  const best = offers.reduce((one, other) => (other.keepTokens > one.keepTokens ? other : one), {
    keepTokens: 0,
    slot: undefined as Slot | undefined,
  })
  if (best.slot && best.keepTokens >= Math.min(wanted.sharedTokens, MIN_COPY_TOKENS)) {
    return { slot: best.slot, keepTokens: best.keepTokens }
  }
  const slot = leastMissed(idle, slots)
  if (!slot) return
  const donor = slots.find(({ busy, work, sequence }) => {
    if (!busy || work !== wanted.work || wanted.sharedTokens < MIN_COPY_TOKENS) return false
    return commonLength(sequence.contextTokens, wanted.tokens) >= wanted.sharedTokens
  })
  return { slot, keepTokens: usable(slot, wanted), ...(donor ? { copyFrom: donor } : {}) }
}
