/** A room to chat in: one work, one holder, one machine, one conversation at a time. Holds the state; draws nothing. */
import type { Answer } from '@grimoire/client/answer'
import type { ChatState } from '@grimoire/client/chat'
import type { Market } from '@grimoire/client/market'
import type { CheckedQuote } from '@grimoire/client/read-quote'
import type { TurnResult } from '@grimoire/client/turn'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import {
  type Conversation,
  type Exchange,
  type KeptAnswer,
  messagesOf,
  newConversation,
  type Proof,
} from './conversation.ts'
import { forget, keep } from './history.ts'
import { type Line, type LineStep, needsGrant, openLine } from './line.ts'

export type Place = {
  market: Market
  session: Session
  workId: string
  kind: 'prompt' | 'chatbot'
  checked: CheckedQuote
  baseModelSha256: string
  vault: Vault
}

export type RoomState = {
  conversation: Conversation
  /** The answer that is on its way. */
  live: { text: string; step: LineStep } | null
  money: ChatState | null
  error: unknown
}

const MAX_TOKENS = 256

const proofOf = ({ receipt, receiptSignature, request, agreed }: TurnResult): Proof => ({
  receipt,
  signature: receiptSignature,
  request,
  agreed: {
    ...agreed,
    beforeAtomic: String(agreed.beforeAtomic),
    maxChargeAtomic: String(agreed.maxChargeAtomic),
  },
})

export type Room = ReturnType<typeof makeRoom>

export function makeRoom(place: Place, begun: Conversation | null) {
  let state: RoomState = { conversation: begun ?? newConversation(), live: null, money: null, error: null }
  let line: Promise<Line> | null = null
  let lineDepositAtomic = 0n
  let answer: Answer | null = null
  let asked = { question: '', index: 0 }
  const listeners = new Set<() => void>()
  const set = (part: Partial<RoomState>) => {
    state = { ...state, ...part }
    for (const listener of listeners) listener()
  }
  const tell = (step: LineStep) => state.live && set({ live: { ...state.live, step } })
  const put = async (exchanges: Exchange[]) => {
    const conversation = { ...state.conversation, exchanges }
    await keep(place, conversation)
    set({ conversation })
  }

  /** The line is opened by the first question, so that looking at a page asks the wallet for nothing. */
  const lineFor = (depositAtomic: bigint): Promise<Line> => {
    if (depositAtomic !== lineDepositAtomic) line = null
    lineDepositAtomic = depositAtomic
    line ??= openLine({ ...place, depositAtomic, tell }).catch(error => {
      line = null
      throw error
    })
    return line
  }

  const stream = async (
    { chat }: Line,
    question: string,
    before: readonly Exchange[],
  ): Promise<KeptAnswer> => {
    const messages = place.kind === 'prompt' ? messagesOf([], question) : messagesOf(before, question)
    answer = chat.ask(messages, { max_tokens: MAX_TOKENS })
    const { result } = answer
    let text = ''
    for await (const piece of answer) {
      text += piece
      set({ live: { text, step: 'ask' } })
    }
    const stopped = await result.then(
      () => false,
      () => true,
    )
    if (stopped) return { text, end: 'stopped' }
    const whole = await result
    const { firstTokenMs } = whole.timings
    const { tokensPerSecond } = whole.nodeTimings
    return { text: whole.text, end: 'whole', proof: proofOf(whole), firstTokenMs, tokensPerSecond }
  }

  /** A machine that has lost its leave is given it anew, once. */
  const answerTo = async (question: string, before: readonly Exchange[], depositAtomic: bigint) => {
    const open = await lineFor(depositAtomic)
    await open.grant()
    try {
      return await stream(open, question, before)
    } catch (error) {
      if (!needsGrant(error)) throw error
      await open.grant(true)
      return stream(open, question, before)
    }
  }

  const run = async (question: string, before: Exchange[], old: Exchange | null, depositAtomic: bigint) => {
    asked = { question, index: before.length }
    set({ live: { text: '', step: 'ask' }, error: null })
    let got: KeptAnswer | null = null
    try {
      got = await answerTo(question, before, depositAtomic)
    } catch (error) {
      const text = state.live?.text ?? ''
      if (text) got = { text, end: 'broken' }
      set({ error })
    }
    answer = null
    const answers = [...(old?.answers ?? []), ...(got ? [got] : [])]
    set({ live: null })
    // A question that got no answer at all is left to the composer, where it can be sent again.
    if (answers.length > 0) await put([...before, { question, answers, shown: answers.length - 1 }])
    const money = await line?.then(open => open.state()).catch(() => null)
    if (money) set({ money })
    return got !== null
  }

  return {
    get state() {
      return state
    },
    /** The question under way, and its place in the conversation. */
    asked: () => asked,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Whether any answer came: a question that got none is not taken from whoever asked it. */
    ask: (question: string, depositAtomic: bigint) =>
      run(question, state.conversation.exchanges, null, depositAtomic),
    again: (depositAtomic: bigint) => {
      const before = state.conversation.exchanges.slice(0, -1)
      const last = state.conversation.exchanges.at(-1)
      return last ? run(last.question, before, last, depositAtomic) : Promise.resolve(false)
    },
    stop: () => answer?.stop(),
    show: (index: number, shown: number) =>
      put(state.conversation.exchanges.map((one, at) => (at === index ? { ...one, shown } : one))),
    begin: (conversation?: Conversation) =>
      set({ conversation: conversation ?? newConversation(), error: null }),
    forget: async (id: string) => {
      await forget(place, id)
      if (state.conversation.id === id) set({ conversation: newConversation(), error: null })
      else set({})
    },
    /** What is left of the deposit goes back to the wallet that paid it. */
    refund: async (depositAtomic: bigint) => {
      const open = await lineFor(depositAtomic)
      await open.chat.refund()
      set({ money: await open.state() })
    },
    /** What this device remembers of the channel, without asking anyone to sign. */
    look: async (depositAtomic: bigint) => {
      const open = await lineFor(depositAtomic)
      set({ money: await open.state() })
    },
  }
}
