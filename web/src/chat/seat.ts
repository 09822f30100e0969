/** The machine that one sits at, and the paid line to it: opened once, by the first who needs it. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Line } from './line.ts'
import type { Place } from './place.ts'
import type { View } from './room-view.ts'

export type Seat = ReturnType<typeof makeSeat>

export function makeSeat(view: View) {
  let at: Hex | 'any' | null = null
  let place: () => Promise<Place> = () => new Promise(() => {})
  let line: Promise<Line> | null = null
  let lineDepositAtomic = 0n
  let prepared = false

  /** By the first question, so that looking at a page asks the wallet for nothing. */
  const lineFor = (depositAtomic: bigint): Promise<Line> => {
    if (depositAtomic !== lineDepositAtomic) line = null
    lineDepositAtomic = depositAtomic
    line ??= Promise.all([import('./line.ts'), place()])
      .then(([{ openLine }, opened]) => openLine({ place: opened, depositAtomic, tell: view.tell }))
      .catch(error => {
        line = null
        throw error
      })
    return line
  }

  return {
    /** From now on it is this machine that answers. */
    sitAt: (operator: Hex | undefined, next: () => Promise<Place>) => {
      if (at === (operator ?? 'any')) return
      at = operator ?? 'any'
      place = next
      line = null
      prepared = false
      view.set({ money: null })
    },
    place: () => place(),
    lineFor,
    /** Only the machine that was paid for an answer can go on with it. */
    lineTo: async (expected: Hex, depositAtomic: bigint): Promise<Line> => {
      const got = (await place()).checked.quote.operator
      if (!sameAddress(got, expected))
        throw new Problem('node_unreachable', { param: 'operator', got, expected })
      return lineFor(depositAtomic)
    },
    /** Whoever begins to write will ask: the line is opened meanwhile, once, and nobody has to sign for that. */
    prepare: (depositAtomic: bigint) => {
      if (prepared) return
      prepared = true
      // What is wrong with it is said to the question.
      lineFor(depositAtomic).catch(() => undefined)
    },
    /** What was set aside is counted anew. */
    count: async () => {
      // A line that could not be opened has no sums, and its refusal has been said.
      const money = await line?.then(opened => opened.state()).catch(() => null)
      if (money) view.set({ money })
    },
    /** What is left of the deposit goes back to the wallet that paid it. */
    refund: async (depositAtomic: bigint) => {
      const opened = await lineFor(depositAtomic)
      await opened.chat.refund()
      view.set({ money: await opened.state() })
    },
    /** What this device remembers of the channel, without asking anyone. */
    look: async (opened: Place) => {
      const { remembered } = await import('./purse.ts')
      const money = await remembered(opened)
      if (!view.state.money) view.set({ money })
    },
  }
}
