/** Two pages of one browser in one conversation: what is said in one is read by the other as soon as it is kept. */
import { whileQuiet } from './answering.ts'
import type { Desk } from './asking.ts'
import { conversationOf } from './history.ts'
import { readUnderWay } from './under-way.ts'

let channel: BroadcastChannel | null = null

/** Of a page that nobody listens in nothing is told. */
export const tellElsewhere = (conversationId: string): void => channel?.postMessage(conversationId)

/** Until the answer is called. A page that is being answered in reads what is kept when it has its answer. */
export function listenElsewhere({ shelf, view }: Desk): () => void {
  channel ??= new BroadcastChannel('grimoire:said')
  const isOpen = (id: unknown) => {
    const { conversation, live, temporary } = view.state
    return conversation.id === id && live === null && !temporary
  }
  const read = async ({ data: id }: MessageEvent<unknown>) => {
    if (typeof id !== 'string' || !isOpen(id)) return
    const [conversation, cutOff] = await whileQuiet(shelf, () =>
      Promise.all([conversationOf(shelf, id), readUnderWay(shelf, id)]),
    )
    if (conversation && isOpen(id)) view.set({ conversation, cutOff })
  }
  // What cannot be read now is read with the next question.
  const listen = (event: MessageEvent<unknown>) => void read(event).catch(() => undefined)
  channel.addEventListener('message', listen)
  return () => channel?.removeEventListener('message', listen)
}
