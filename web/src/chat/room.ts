/** A room to chat in: one work, one holder, one conversation at a time. Puts its parts together; draws nothing. */
import { again, ask, type Desk, retry } from './asking.ts'
import { type Conversation, newConversation } from './conversation.ts'
import { listenElsewhere, tellElsewhere } from './elsewhere.ts'
import { findCutOff, giveUp, goOn } from './going-on.ts'
import { change, changeExchange, forget } from './history.ts'
import { makeView } from './room-view.ts'
import { makeSeat } from './seat.ts'
import type { Kept } from './shelf.ts'
import { forgetUnderWay } from './under-way.ts'

export type { RoomState } from './room-view.ts'
export type Room = ReturnType<typeof makeRoom>

function makeRoom(kept: Kept) {
  const { shelf, underWay } = kept
  const view = makeView(kept)
  const seat = makeSeat(view)
  const asked = underWay ?? { question: '', index: 0, at: 0 }
  const desk: Desk = { shelf, view, seat, asked, answer: null }
  return {
    get state() {
      return view.state
    },
    shelf,
    /** The question under way, and its place in the conversation. */
    asked: () => desk.asked,
    subscribe: view.subscribe,
    listen: () => listenElsewhere(desk),
    sitAt: seat.sitAt,
    prepare: seat.prepare,
    refund: seat.refund,
    look: seat.look,
    ask: (question: string, depositAtomic: bigint) => ask(desk, question, depositAtomic),
    again: (depositAtomic: bigint) => again(desk, depositAtomic),
    goOn: (depositAtomic: bigint) => goOn(desk, depositAtomic),
    giveUp: () => giveUp(desk),
    retry: (depositAtomic: bigint) => retry(desk, depositAtomic),
    stop: () => desk.answer?.end(),
    write: (writing: string) => view.set({ writing }),
    /** Takes a question into the composer, to be asked another way; null lets it be. */
    edit: (index: number | null) => {
      const writing = index === null ? '' : (view.state.conversation.exchanges[index]?.question ?? '')
      view.set({ editing: index, writing })
    },
    /** Takes its reader to an exchange. */
    seek: (index: number) => view.set({ sought: { index } }),
    begin: (conversation?: Conversation) => {
      view.turnTo(conversation ?? newConversation())
      // What cannot be read now is found with the next visit.
      findCutOff(desk).catch(() => undefined)
    },
    /** A conversation that is gone when the page is. */
    beginTemporary: () => view.turnTo(newConversation(), true),
    show: async (index: number, shown: number) => {
      const conversation = await changeExchange(shelf, view.state, index, kept =>
        kept ? { ...kept, shown } : null,
      )
      view.set({ conversation })
      tellElsewhere(conversation.id)
    },
    /** Another name, pinned or not: of any conversation of this device. */
    rewrite: async (conversation: Conversation, part: Pick<Conversation, 'name' | 'pinned'>) => {
      const next = await change(shelf, conversation, kept => ({ ...kept, ...part }))
      if (conversation.id === view.state.conversation.id) view.set({ conversation: next })
      tellElsewhere(conversation.id)
    },
    forget: async (id: string) => {
      await forget(shelf, id)
      await forgetUnderWay(shelf, id)
      const isOpen = view.state.conversation.id === id
      view.set(isOpen ? { conversation: newConversation(), error: null, cutOff: null } : {})
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
