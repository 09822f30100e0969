/** The conversations of this device: kept after each answer, in the encrypted vault, and nowhere else. */
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { type Conversation, type Exchange, readConversation } from './conversation.ts'

type Shelf = { vault: Vault; session: Session; workId: string }

const under = ({ session, workId }: Shelf) => `chat:${session.address.toLowerCase()}:${workId}:`

export const keep = (shelf: Shelf, conversation: Conversation): Promise<void> =>
  shelf.vault.set(under(shelf) + conversation.id, JSON.stringify(conversation))

export const forget = (shelf: Shelf, id: string): Promise<void> => shelf.vault.delete(under(shelf) + id)

/** Null for one that is not kept, or cannot be read any more. */
export async function conversationOf(shelf: Shelf, id: string): Promise<Conversation | null> {
  const text = await shelf.vault.get(under(shelf) + id)
  return text === undefined ? null : readConversation(text)
}

/** The open conversation with what is said in it now: kept, unless it is a temporary one, and not kept when it is empty. */
export async function storeExchanges(
  shelf: Shelf,
  open: { conversation: Conversation; temporary: boolean },
  exchanges: readonly Exchange[],
): Promise<Conversation> {
  const conversation = { ...open.conversation, exchanges: [...exchanges] }
  if (open.temporary) return conversation
  if (exchanges.length > 0) await keep(shelf, conversation)
  else await forget(shelf, conversation.id)
  return conversation
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
