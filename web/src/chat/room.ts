/** A room to chat in: one work, one holder, one conversation at a time. Holds the state; draws nothing. */
import type { Answer } from '@grimoire/client/answer'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { type Answering, alone, askFor, type Outcome, type Spot, takeUp } from './answering.ts'
import { branchBefore, type Conversation, type Exchange, newConversation } from './conversation.ts'
import { conversationsOf, forget, keep } from './history.ts'
import type { Line, LineStep } from './line.ts'
import type { Place } from './place.ts'
import type { Money } from './purse.ts'
import type { Kept } from './shelf.ts'
import { readUnderWay, type UnderWay } from './under-way.ts'

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
  canGoOn: boolean
  money: Money | null
  error: unknown
}

export type Room = ReturnType<typeof makeRoom>

/** Where an answer is to go, beside what was said before. */
const spotOf = (exchanges: readonly Exchange[], { question, index, at }: Omit<Spot, 'before'>): Spot => ({
  ...{ question, index, at },
  before: exchanges.slice(0, index),
})

export function makeRoom({ shelf, before, underWay }: Kept) {
  const begun = before.find(({ id }) => id === underWay?.conversationId) ?? before[0]
  let state: RoomState = {
    conversation: begun ?? newConversation(),
    ...{ writing: '', editing: null, temporary: false, money: null, error: null, canGoOn: false },
    live: underWay ? { text: underWay.turn.text, step: 'again' } : null,
  }
  let open: () => Promise<Place> = () => new Promise(() => {})
  let seat: Hex | 'any' | null = null
  let line: Promise<Line> | null = null
  let prepared = false
  let lineDepositAtomic = 0n
  let answer: Answer | null = null
  let asked: Omit<Spot, 'before'> = underWay ?? { question: '', index: 0, at: 0 }
  const listeners = new Set<() => void>()
  const set = (part: Partial<RoomState>) => {
    state = { ...state, ...part }
    for (const listener of listeners) listener()
  }
  const tell = (step: LineStep) => state.live && set({ live: { ...state.live, step } })
  const store = async (exchanges: readonly Exchange[]) => {
    const conversation = { ...state.conversation, exchanges: [...exchanges] }
    if (!state.temporary) {
      if (exchanges.length > 0) await keep(shelf, conversation)
      else await forget(shelf, conversation.id)
    }
    return conversation
  }
  /** A question without an answer goes back to the composer, before what was written there meanwhile. */
  const giveBack = (question: string) =>
    set({ writing: [question, state.writing].filter(one => one !== '').join('\n\n') })
  const put = async (exchanges: readonly Exchange[]) => set({ conversation: await store(exchanges) })

  /** The line is opened by the first question, so that looking at a page asks the wallet for nothing. */
  const lineFor = (depositAtomic: bigint): Promise<Line> => {
    if (depositAtomic !== lineDepositAtomic) line = null
    lineDepositAtomic = depositAtomic
    line ??= Promise.all([import('./line.ts'), open()])
      .then(([{ openLine }, place]) => openLine({ place, depositAtomic, tell }))
      .catch(error => {
        line = null
        throw error
      })
    return line
  }

  /** Only the machine that was paid for an answer can go on with it. */
  const lineOf = async ({ turn }: UnderWay, depositAtomic: bigint): Promise<Line> => {
    const [got, expected] = [(await open()).checked.quote.operator, turn.checked.quote.operator]
    if (!sameAddress(got, expected))
      throw new Problem('node_unreachable', { param: 'operator', got, expected })
    return lineFor(depositAtomic)
  }

  const answering = (spot: Spot): Answering => ({
    ...{ shelf, spot, temporary: state.temporary, conversationId: state.conversation.id },
    onAnswer: on => {
      answer = on
    },
    onText: text => set({ live: { text, step: 'ask' } }),
    onLine: isLost => state.live && set({ live: { ...state.live, step: isLost ? 'lost' : 'ask' } }),
  })

  /** The answer takes its place, and what was set aside is counted anew. */
  const settle = async (
    { question, before: said, at }: Spot,
    old: Exchange | undefined,
    outcome: Outcome,
  ) => {
    const { got, error, goesOn, close } = outcome
    answer = null
    const answers = [...(old?.answers.slice(0, at) ?? []), ...(got ? [got] : [])]
    const here = { question, answers, shown: Math.max(0, answers.length - 1) }
    // A question that got no answer at all, and will get none, is left to the composer, where it can be sent again.
    const conversation = await store(answers.length > 0 || goesOn ? [...said, here] : said)
    await close()
    const canGoOn = (await readUnderWay(shelf))?.conversationId === conversation.id
    set({ live: null, conversation, error, canGoOn })
    // A line that could not be opened has no sums, and its refusal has been said.
    const money = await line?.then(opened => opened.state()).catch(() => null)
    if (money) set({ money })
    return got !== null || goesOn
  }

  const run = (question: string, before: readonly Exchange[], old: Exchange | undefined, deposit: bigint) => {
    const at = old?.answers.length ?? 0
    asked = { question, index: before.length, at }
    const spot = spotOf(before, asked)
    set({ live: { text: '', step: 'ask' }, error: null, canGoOn: false })
    return alone(shelf, async () => {
      // Kept before it is asked: a reload loses no question.
      await store([...before, { question, answers: old?.answers ?? [], shown: old?.shown ?? 0 }])
      const kind = await open().then(
        ({ work }) => work.terms.kind,
        () => 'chatbot',
      )
      return settle(spot, old, await askFor(answering(spot), () => lineFor(deposit), kind === 'prompt'))
    })
  }

  const goOn = async (depositAtomic: bigint) => {
    set({ live: state.live ?? { text: '', step: 'again' }, error: null, canGoOn: false })
    await alone(shelf, async () => {
      const record = await readUnderWay(shelf)
      const kept = await conversationsOf(shelf)
      const conversation = kept.find(({ id }) => id === (record?.conversationId ?? state.conversation.id))
      // Another page has finished it meanwhile, or its conversation was deleted.
      if (!record || !conversation) {
        set({ live: null, ...(conversation ? { conversation } : {}) })
        return
      }
      const { exchanges } = conversation
      asked = record
      set({ conversation, live: { text: record.turn.text, step: 'again' } })
      const spot = spotOf(exchanges, record)
      const outcome = await takeUp(answering(spot), () => lineOf(record, depositAtomic), record)
      const answered = await settle(spot, exchanges[record.index], outcome)
      if (!answered) giveBack(record.question)
    })
  }

  const again = (depositAtomic: bigint) => {
    const last = state.conversation.exchanges.at(-1)
    if (!last) return Promise.resolve(false)
    return run(last.question, state.conversation.exchanges.slice(0, -1), last, depositAtomic)
  }

  return {
    get state() {
      return state
    },
    shelf,
    /** The question under way, and its place in the conversation. */
    asked: () => asked,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** From now on it is this machine that answers. */
    sitAt: (operator: Hex | undefined, next: () => Promise<Place>) => {
      if (seat === (operator ?? 'any')) return
      seat = operator ?? 'any'
      open = next
      line = null
      prepared = false
      set({ money: null })
    },
    /** Whether any answer came: a question that got none is not taken from whoever asked it. */
    ask: async (question: string, depositAtomic: bigint) => {
      // Asked another way it begins a branch: what came after it stays in the old conversation.
      if (state.editing !== null) {
        set({ conversation: branchBefore(state.conversation, state.editing), editing: null })
      }
      const answered = await run(question, state.conversation.exchanges, undefined, depositAtomic)
      if (!answered) giveBack(question)
      return answered
    },
    again,
    /** Goes on with an answer that broke off, with a reload or with the network. */
    goOn,
    /** The last question once more: as another answer, or for the first time where it got none. */
    retry: async (depositAtomic: bigint) => {
      const { exchanges } = state.conversation
      if (exchanges.at(-1)?.question === asked.question) return again(depositAtomic)
      const { question } = asked
      if (state.writing.startsWith(question)) set({ writing: state.writing.slice(question.length).trim() })
      const answered = await run(question, exchanges, undefined, depositAtomic)
      if (!answered) giveBack(question)
      return answered
    },
    stop: () => answer?.end(),
    show: (index: number, shown: number) =>
      put(state.conversation.exchanges.map((one, at) => (at === index ? { ...one, shown } : one))),
    write: (writing: string) => set({ writing }),
    begin: (conversation?: Conversation) =>
      set({
        conversation: conversation ?? newConversation(),
        ...{ temporary: false, editing: null, error: null, canGoOn: false },
      }),
    /** A conversation that is gone when the page is. */
    beginTemporary: () =>
      set({
        conversation: newConversation(),
        ...{ temporary: true, editing: null, error: null, canGoOn: false },
      }),
    /** Takes a question into the composer, to be asked another way; null lets it be. */
    edit: (index: number | null) => {
      const writing = index === null ? '' : (state.conversation.exchanges[index]?.question ?? '')
      set({ editing: index, writing })
    },
    /** Another name, pinned or not: of any conversation of this device. */
    rewrite: async (conversation: Conversation) => {
      await keep(shelf, conversation)
      set(conversation.id === state.conversation.id ? { conversation } : {})
    },
    forget: async (id: string) => {
      await forget(shelf, id)
      if (state.conversation.id === id) set({ conversation: newConversation(), error: null, canGoOn: false })
      else set({})
    },
    /** What is left of the deposit goes back to the wallet that paid it. */
    refund: async (depositAtomic: bigint) => {
      const opened = await lineFor(depositAtomic)
      await opened.chat.refund()
      set({ money: await opened.state() })
    },
    /** What this device remembers of the channel, without asking anyone. */
    look: async (place: Place) => {
      const { remembered } = await import('./purse.ts')
      const money = await remembered(place)
      if (!state.money) set({ money })
    },
    /** Whoever begins to write will ask: the line is opened meanwhile, once, and nobody has to sign for that. */
    prepare: (depositAtomic: bigint) => {
      if (prepared) return
      prepared = true
      // What is wrong with it is said to the question.
      lineFor(depositAtomic).catch(() => undefined)
    },
  }
}

const busy = new Map<string, Room>()
const nameOf = ({ shelf }: Kept): string => `${shelf.session.address}:${shelf.workId}`

/** A room that is being answered in is found again by whoever comes back to it. */
export function roomOf(kept: Kept): Room {
  const name = nameOf(kept)
  const known = busy.get(name)
  if (known) return known
  const room = makeRoom(kept)
  room.subscribe(() => {
    if (room.state.live) busy.set(name, room)
    else busy.delete(name)
  })
  return room
}
