/** The conversations of this device: kept after each answer, in the encrypted vault, and nowhere else. */
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { type Conversation, type Exchange, readConversation } from './conversation.ts'

type Shelf = { vault: Vault; session: Session; workId: string }

const under = ({ session, workId }: Shelf) => `chat:${session.address.toLowerCase()}:${workId}:`

const keep = (shelf: Shelf, conversation: Conversation): Promise<void> =>
  shelf.vault.set(under(shelf) + conversation.id, JSON.stringify(conversation))

export const forget = (shelf: Shelf, id: string): Promise<void> => shelf.vault.delete(under(shelf) + id)

/** Null for one that is not kept, or cannot be read any more. */
export async function conversationOf(shelf: Shelf, id: string): Promise<Conversation | null> {
  const text = await shelf.vault.get(under(shelf) + id)
  return text === undefined ? null : readConversation(text)
}

/**
 * A conversation is changed as it is kept, by one page at a time, and never written over: another page may have gone on
 * with it. What is not kept yet is kept from now on, unless nothing is said in it.
 */
export const change = (
  shelf: Shelf,
  open: Conversation,
  to: (kept: Conversation) => Conversation,
): Promise<Conversation> =>
  navigator.locks.request(`grimoire:${under(shelf)}${open.id}`, async () => {
    const next = to((await conversationOf(shelf, open.id)) ?? open)
    if (next.exchanges.length > 0) await keep(shelf, next)
    else await forget(shelf, next.id)
    return next
  })

/** What is open: a temporary conversation is changed, and not kept. */
type Open = { conversation: Conversation; temporary: boolean }

/** One exchange as it is from now on; null takes away a question that got no answer. */
export async function changeExchange(
  shelf: Shelf,
  { conversation, temporary }: Open,
  index: number,
  to: (kept: Exchange | undefined) => Exchange | null,
): Promise<Conversation> {
  const into = (whole: Conversation): Conversation => {
    const { exchanges } = whole
    const next = to(exchanges[index])
    const others = [exchanges.slice(0, index), exchanges.slice(index + 1)] as const
    return { ...whole, exchanges: [...others[0], ...(next ? [next] : []), ...others[1]] }
  }
  return temporary ? into(conversation) : change(shelf, conversation, into)
}

/** Pinned ones, then the newest first. What cannot be read any more is left out, and left where it is. */
export async function conversationsOf(shelf: Shelf): Promise<Conversation[]> {
  const kept = await shelf.vault.list(under(shelf))
  return kept
    .map(([, text]) => readConversation(text))
    .filter(one => one !== null)
    .sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false) || b.beganAtMs - a.beganAtMs)
}

/** Every conversation that this device keeps of a ledger, whoever had it and about whichever work. */
export async function everyConversation(vault: Vault): Promise<Conversation[]> {
  const kept = await vault.list('chat:')
  return kept.map(([, text]) => readConversation(text)).filter(one => one !== null)
}
