/** What a room shows, and who is told when it changes. */
import { type Conversation, newConversation } from './conversation.ts'
import type { LineStep } from './line.ts'
import type { Money } from './purse.ts'
import type { Kept } from './shelf.ts'
import type { UnderWay } from './under-way.ts'

export type RoomState = {
  conversation: Conversation
  /** What stands in the composer. */
  writing: string
  /** The place of the question that is being asked another way. */
  editing: number | null
  /** Nothing of this conversation is kept. */
  temporary: boolean
  /** The answer that is on its way. */
  live: { text: string; step: LineStep | 'again' | 'lost' } | null
  /** An answer of this conversation broke off, and its machine may still know it. */
  cutOff: UnderWay | null
  money: Money | null
  /** The exchange that its reader looked for, by its place. */
  sought: { index: number } | null
  error: unknown
}

export type View = ReturnType<typeof makeView>

/** What was on its way when the page was left is shown first; else what was said last. */
export function makeView({ before, underWay }: Kept) {
  const begun = before.find(({ id }) => id === underWay?.conversationId) ?? before[0]
  let state: RoomState = {
    conversation: begun ?? newConversation(),
    ...{ writing: '', editing: null, temporary: false, money: null, error: null, cutOff: null },
    sought: null,
    live: underWay ? { text: underWay.turn.text, step: 'again' } : null,
  }
  const listeners = new Set<() => void>()
  const set = (part: Partial<RoomState>) => {
    state = { ...state, ...part }
    for (const listener of listeners) listener()
  }
  return {
    get state() {
      return state
    },
    set,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** How far the answer that is on its way has come; nothing when there is none. */
    tell: (step: LineStep | 'lost') => {
      if (state.live) set({ live: { ...state.live, step } })
    },
    /** Another conversation than before, or none yet. */
    turnTo: (conversation: Conversation, temporary = false) =>
      set({ conversation, temporary, editing: null, error: null, cutOff: null, sought: null }),
    /** A question without an answer goes back to the composer, before what was written there meanwhile. */
    giveBack: (question: string) =>
      set({ writing: [question, state.writing].filter(one => one !== '').join('\n\n') }),
  }
}
