/** The answer that is on its way, kept on this device as it comes: after a reload it goes on where it was. */
import type { KeptTurn } from '@grimoire/client/kept-turn'
import { z } from 'zod'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'

const underWay = z.object({
  conversationId: z.string(),
  question: z.string(),
  /** Which exchange of the conversation, and which of its answers. */
  index: z.number().int(),
  at: z.number().int(),
  /** Checked in full when it is taken up, by what takes it up. */
  turn: z.custom<KeptTurn>(turn => z.object({ text: z.string() }).safeParse(turn).success),
})
export type UnderWay = z.infer<typeof underWay>

type Shelf = { vault: Vault; session: Session; workId: string }

const keyOf = ({ session, workId }: Shelf) => `under-way:${session.address.toLowerCase()}:${workId}`

export async function readUnderWay(shelf: Shelf): Promise<UnderWay | null> {
  const text = await shelf.vault.get(keyOf(shelf))
  return text === undefined ? null : (underWay.safeParse(JSON.parse(text)).data ?? null)
}

const EVERY_MS = 200

/** Writes at once what a payment waits for and the turn's name, and the words a few times a second. */
export function underWayKeeper(shelf: Shelf) {
  let last: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | null = null
  let latest: UnderWay | null = null
  let named: string | null = null
  const write = (record: UnderWay): Promise<void> => {
    last = last.then(() => shelf.vault.set(keyOf(shelf), JSON.stringify(record)))
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
    /** No more is written; what was written is forgotten, unless there is something to go on with. */
    async end(goesOn: boolean): Promise<void> {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (goesOn && latest) write(latest)
      await last.catch(() => undefined)
      if (!goesOn) await shelf.vault.delete(keyOf(shelf))
    },
  }
}
