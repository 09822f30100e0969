/** One message of a room: sent, answered again, or asked another way. */
import type { Answer } from '@grimoire/client/answer'
import { type Answering, alone, askFor, type Outcome, type Spot } from './answering.ts'
import { branchBefore, type Conversation, type Exchange } from './conversation.ts'
import { tellElsewhere } from './elsewhere.ts'
import { changeExchange, conversationOf } from './history.ts'
import type { View } from './room-view.ts'
import type { Seat } from './seat.ts'
import type { Shelf } from './shelf.ts'
import { readUnderWay } from './under-way.ts'

/** Where an answer is to go. */
export type Asked = Omit<Spot, 'before'>

/** The parts of a room that a message needs, and which one is under way. */
export type Desk = { shelf: Shelf; view: View; seat: Seat; asked: Asked; answer: Answer | null }

export const spotOf = (exchanges: readonly Exchange[], { question, index, at }: Asked): Spot => ({
  ...{ question, index, at },
  before: exchanges.slice(0, index),
})

export const answering = (desk: Desk, spot: Spot): Answering => {
  const { shelf, view } = desk
  return {
    ...{ shelf, spot, temporary: view.state.temporary, conversationId: view.state.conversation.id },
    onAnswer: on => {
      desk.answer = on
    },
    onText: text => view.set({ live: { text, step: 'ask' } }),
    onLine: isLost => view.tell(isLost ? 'lost' : 'ask'),
  }
}

/** The answer takes its place. Whether there is one, or one may still come. */
export async function settle(desk: Desk, spot: Spot, outcome: Outcome): Promise<boolean> {
  const { shelf, view, seat } = desk
  const { question, index, at } = spot
  const { got, error, goesOn, close } = outcome
  desk.answer = null
  const conversation = await changeExchange(shelf, view.state, index, old => {
    const answers = [...(old?.answers.slice(0, at) ?? []), ...(got ? [got] : [])]
    // A question that got no answer at all, and will get none, is left to the composer, where it can be sent again.
    if (answers.length === 0 && !goesOn) return null
    return { question, answers, shown: Math.max(0, answers.length - 1) }
  })
  await close()
  tellElsewhere(conversation.id)
  const cutOff = await readUnderWay(shelf, conversation.id)
  view.set({ live: null, conversation, error, cutOff })
  await seat.count()
  return got !== null || goesOn
}

/** Another page's answer in this conversation broke off meanwhile: its holder sees it before it is asked past. */
async function isCutOffElsewhere({ shelf, view }: Desk): Promise<boolean> {
  const { id } = view.state.conversation
  const [cutOff, conversation] = await Promise.all([readUnderWay(shelf, id), conversationOf(shelf, id)])
  if (!cutOff || !conversation) return false
  view.set({ live: null, conversation, cutOff })
  return true
}

/** What is asked: a new question after all that was said, or one of the old ones once more. */
type Wanted = { question: string; old?: number | undefined }

/** Where an answer goes, by what is kept now: another page may have gone on with the conversation meanwhile. */
function placeOf({ exchanges }: Conversation, { question, old }: Wanted): Asked {
  const again = old === undefined ? undefined : exchanges[old]
  if (old === undefined || again?.question !== question) return { question, index: exchanges.length, at: 0 }
  return { question, index: old, at: again.answers.length }
}

/** Kept before it is asked: a reload loses no question. */
async function keepAsked(desk: Desk, wanted: Wanted): Promise<Spot> {
  const { shelf, view } = desk
  const { conversation: open, temporary } = view.state
  const whole = (temporary ? null : await conversationOf(shelf, open.id)) ?? open
  desk.asked = placeOf(whole, wanted)
  const { question, index } = desk.asked
  view.set({ conversation: whole })
  await changeExchange(shelf, view.state, index, old => old ?? { question, answers: [], shown: 0 })
  return spotOf(whole.exchanges, desk.asked)
}

function send(desk: Desk, wanted: Wanted, depositAtomic: bigint): Promise<boolean> {
  const { shelf, view, seat } = desk
  const { cutOff: known, conversation } = view.state
  desk.asked = placeOf(conversation, wanted)
  view.set({ live: { text: '', step: 'ask' }, error: null, cutOff: null })
  return alone(shelf, async () => {
    if (known === null && (await isCutOffElsewhere(desk))) return false
    const spot = await keepAsked(desk, wanted)
    const kind = await seat.place().then(
      ({ work }) => work.terms.kind,
      () => 'chatbot',
    )
    const line = () => seat.lineFor(depositAtomic)
    return settle(desk, spot, await askFor(answering(desk, spot), line, kind === 'prompt'))
  })
}

/** A question that got no answer is not taken from whoever asked it. */
async function sendNew(desk: Desk, question: string, depositAtomic: bigint): Promise<boolean> {
  const answered = await send(desk, { question }, depositAtomic)
  if (!answered) desk.view.giveBack(question)
  return answered
}

/** Whether any answer came. Asked another way it begins a branch: what came after it stays in the old conversation. */
export function ask(desk: Desk, question: string, depositAtomic: bigint): Promise<boolean> {
  const { conversation, editing } = desk.view.state
  if (editing !== null) desk.view.set({ conversation: branchBefore(conversation, editing), editing: null })
  return sendNew(desk, question, depositAtomic)
}

/** Another answer to the last question, beside those that it has. */
export async function again(desk: Desk, depositAtomic: bigint): Promise<boolean> {
  const { exchanges } = desk.view.state.conversation
  const last = exchanges.at(-1)
  if (!last) return false
  return send(desk, { question: last.question, old: exchanges.length - 1 }, depositAtomic)
}

/** The last question once more: as another answer, or for the first time where it got none. */
export function retry(desk: Desk, depositAtomic: bigint): Promise<boolean> {
  const { view } = desk
  const { question } = desk.asked
  if (view.state.conversation.exchanges.at(-1)?.question === question) return again(desk, depositAtomic)
  const { writing } = view.state
  if (writing.startsWith(question)) view.set({ writing: writing.slice(question.length).trim() })
  return sendNew(desk, question, depositAtomic)
}
