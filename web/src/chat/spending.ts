/** What this device may spend on answers in a day, and what today's came to: of one holder, in all chats and pages together. */
import { atomicText } from '@grimoire/schema/amounts'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { money } from '../words/plain.ts'
import type { Shelf } from './shelf.ts'

type Book = Pick<Shelf, 'vault' | 'session'>

const USUAL_CAP_ATOMIC = 5_000_000n

const page = z.object({
  capAtomic: atomicText,
  /** In UTC, as a gateway's. */
  day: z.string(),
  spentAtomic: atomicText,
  /** By the signatures of their turns: what may still be charged for answers that are on their way, or whose receipt never came. */
  held: z.record(z.string(), atomicText),
})
type Page = z.infer<typeof page>

export type Today = { capAtomic: bigint; spentAtomic: bigint; heldAtomic: bigint }

const keyOf = ({ session }: Book): string => `spending:${session.address.toLowerCase()}`
const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10)

/** Another day begins anew; what is held of the day before was that day's. */
async function open(book: Book, nowMs: number): Promise<Page> {
  const text = await book.vault.get(keyOf(book))
  const kept = text === undefined ? null : (page.safeParse(JSON.parse(text)).data ?? null)
  const day = dayOf(nowMs)
  if (kept?.day === day) return kept
  return { capAtomic: kept?.capAtomic ?? String(USUAL_CAP_ATOMIC), day, spentAtomic: '0', held: {} }
}

/** One page of this browser writes at a time. */
const write = (book: Book, change: (now: Page) => Page, nowMs: number): Promise<void> =>
  navigator.locks.request(`grimoire:${keyOf(book)}`, async () => {
    await book.vault.set(keyOf(book), JSON.stringify(change(await open(book, nowMs))))
  })

const sumsOf = ({ capAtomic, spentAtomic, held }: Page): Today => ({
  capAtomic: BigInt(capAtomic),
  spentAtomic: BigInt(spentAtomic),
  heldAtomic: Object.values(held).reduce((sum, one) => sum + BigInt(one), 0n),
})

export const today = async (book: Book, nowMs = Date.now()): Promise<Today> => sumsOf(await open(book, nowMs))

export const setCap = (book: Book, capAtomic: bigint, nowMs = Date.now()): Promise<void> =>
  write(book, now => ({ ...now, capAtomic: String(capAtomic) }), nowMs)

const beyond = ({ capAtomic }: Today, got: string): Problem =>
  new Problem('cap_reached', { param: 'capAtomic', got, expected: `at most ${money(capAtomic)} in a day` })

/** Before the wallet is asked for anything: whether there is anything left at all. */
export async function requireLeft(book: Book, nowMs = Date.now()): Promise<void> {
  const sums = await today(book, nowMs)
  const soFarAtomic = sums.spentAtomic + sums.heldAtomic
  if (soFarAtomic >= sums.capAtomic) throw beyond(sums, `${money(soFarAtomic)} of today already`)
}

type Turn = { turnSignature: string; maxAtomic: string }

/** Before a payment leaves; refused where the turn, at its most, would go beyond the cap. */
export const hold = (book: Book, { turnSignature, maxAtomic }: Turn, nowMs = Date.now()): Promise<void> =>
  write(
    book,
    now => {
      const { [turnSignature]: _, ...others } = now.held
      const sums = sumsOf({ ...now, held: others })
      const soFarAtomic = sums.spentAtomic + sums.heldAtomic
      if (soFarAtomic + BigInt(maxAtomic) > sums.capAtomic)
        throw beyond(sums, `up to ${money(maxAtomic)} on top of today's ${money(soFarAtomic)}`)
      return { ...now, held: { ...others, [turnSignature]: maxAtomic } }
    },
    nowMs,
  )

/** What it came to in the end; nothing, of one that was never paid for. */
export const settle = (
  book: Book,
  { turnSignature }: Pick<Turn, 'turnSignature'>,
  chargedAtomic: bigint,
  nowMs = Date.now(),
): Promise<void> =>
  write(
    book,
    now => {
      const { [turnSignature]: _, ...held } = now.held
      return { ...now, held, spentAtomic: String(BigInt(now.spentAtomic) + chargedAtomic) }
    },
    nowMs,
  )
