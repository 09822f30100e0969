/** The answers that are on their way, kept on this device as they come: after a reload one goes on where it was. */
import type { KeptTurn } from '@grimoire/client/kept-turn'
import { atomicText } from '@grimoire/schema/amounts'
import { z } from 'zod'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'

/** What is shown of one that broke off. */
const shownOfTurn = z.object({ text: z.string(), maxAtomic: atomicText, sentAtMs: z.number() })

const underWay = z.object({
  conversationId: z.string(),
  question: z.string(),
  /** Which exchange of the conversation, and which of its answers. */
  index: z.number().int(),
  at: z.number().int(),
  /** Checked in full when it is taken up, by what takes it up. */
  turn: z.custom<KeptTurn>(turn => shownOfTurn.safeParse(turn).success),
})
export type UnderWay = z.infer<typeof underWay>

type Shelf = { vault: Vault; session: Session; workId: string }

const under = ({ session, workId }: Shelf) => `under-way:${session.address.toLowerCase()}:${workId}:`
/** Each conversation has a record of its own: asking in one takes nothing from another. */
const keyOf = (shelf: Shelf, conversationId: string) => under(shelf) + conversationId

const read = (text: string): UnderWay | null => underWay.safeParse(JSON.parse(text)).data ?? null

export async function readUnderWay(shelf: Shelf, conversationId: string): Promise<UnderWay | null> {
  const text = await shelf.vault.get(keyOf(shelf, conversationId))
  return text === undefined ? null : read(text)
}

/** Of all conversations, what was asked last first. */
export async function everyUnderWay(shelf: Shelf): Promise<UnderWay[]> {
  const kept = await shelf.vault.list(under(shelf))
  return kept
    .map(([, text]) => read(text))
    .filter(one => one !== null)
    .sort((a, b) => b.turn.sentAtMs - a.turn.sentAtMs)
}

export const forgetUnderWay = (shelf: Shelf, conversationId: string): Promise<void> =>
  shelf.vault.delete(keyOf(shelf, conversationId))

const EVERY_MS = 200

/** Writes at once what a payment waits for and the turn's name, and the words a few times a second. */
export function underWayKeeper(shelf: Shelf, conversationId: string) {
  let last: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | null = null
  let latest: UnderWay | null = null
  let named: string | null = null
  const write = (record: UnderWay): Promise<void> => {
    last = last.then(() => shelf.vault.set(keyOf(shelf, conversationId), JSON.stringify(record)))
    return last
  }
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null
      // A word that is not kept is told again by the machine.
      if (latest) write(latest).catch(() => undefined)
    }, EVERY_MS)
  }
  return {
    keep(record: UnderWay): Promise<void> | void {
      const { turnId } = record.turn
      latest = record
      if (turnId !== null && turnId === named) return soon()
      named = turnId
      return write(record)
    },
    /**
     * No more is written; what was written is forgotten, unless there is something to go on with. Who wrote nothing
     * forgets nothing: what is kept there is of an answer before.
     */
    async end(goesOn: boolean): Promise<void> {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (goesOn && latest) write(latest)
      await last.catch(() => undefined)
      if (!goesOn && latest) await forgetUnderWay(shelf, conversationId)
    },
  }
}
