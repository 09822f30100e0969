/** What becomes of an answer that broke off: gone on with where it was, or given up by its holder, who reads what it costs. */
import { alone, costsAtMost, takeUp } from './answering.ts'
import { answering, type Desk, settle, spotOf } from './asking.ts'
import type { Conversation, KeptAnswer } from './conversation.ts'
import { tellElsewhere } from './elsewhere.ts'
import { change, conversationOf } from './history.ts'
import { forgetUnderWay, readUnderWay, type UnderWay } from './under-way.ts'

/** Whether an answer of the conversation that was turned to broke off. */
export async function findCutOff({ shelf, view }: Desk): Promise<void> {
  const { conversation } = view.state
  const cutOff = await readUnderWay(shelf, conversation.id)
  const { live, conversation: open } = view.state
  if (live === null && open.id === conversation.id) view.set({ cutOff })
}

/** Goes on with an answer that broke off, with a reload or with the network. */
export async function goOn(desk: Desk, depositAtomic: bigint): Promise<void> {
  const { shelf, view, seat } = desk
  const { id } = view.state.conversation
  view.set({ live: view.state.live ?? { text: '', step: 'again' }, error: null, cutOff: null })
  await alone(shelf, async () => {
    const [record, conversation] = await Promise.all([readUnderWay(shelf, id), conversationOf(shelf, id)])
    // Another page has finished it meanwhile, or its conversation was deleted.
    if (!record || !conversation) {
      view.set({ live: null, ...(conversation ? { conversation } : {}) })
      return
    }
    desk.asked = record
    view.set({ conversation, live: { text: record.turn.text, step: 'again' } })
    const spot = spotOf(conversation.exchanges, record)
    const line = () => seat.lineTo(record.turn.checked.quote.operator, depositAtomic)
    const outcome = await takeUp(answering(desk, spot), line, record)
    const answered = await settle(desk, spot, outcome)
    if (!answered) view.giveBack(record.question)
  })
}

/** What came of it stays, and says what it costs. */
export function givenUp(conversation: Conversation, { index, at, turn }: UnderWay): Conversation {
  const answer: KeptAnswer = {
    ...{ text: turn.text, end: 'broken' },
    notice: `You gave this answer up. ${costsAtMost(turn)}`,
  }
  const exchanges = conversation.exchanges.map((one, place) =>
    place === index ? { ...one, answers: [...one.answers.slice(0, at), answer], shown: at } : one,
  )
  return { ...conversation, exchanges }
}

/** Its holder wants no more of it: nobody asks its machine again, whether that still knows it or is gone for good. */
export async function giveUp({ shelf, view }: Desk): Promise<void> {
  const { id } = view.state.conversation
  await alone(shelf, async () => {
    const [record, kept] = await Promise.all([readUnderWay(shelf, id), conversationOf(shelf, id)])
    const conversation = record && kept ? await change(shelf, kept, now => givenUp(now, record)) : kept
    await forgetUnderWay(shelf, id)
    tellElsewhere(id)
    if (view.state.conversation.id !== id) return
    view.set({ cutOff: null, error: null, ...(conversation ? { conversation } : {}) })
  })
}
