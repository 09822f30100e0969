/** Which exchanges of a long conversation stand in the document: those that are seen, and some on either side of them. */

/** The first of them, and the first behind them that is not one. */
export type Span = { from: number; to: number }

/** On either side of what is seen: more than a quick hand scrolls in a frame. */
export const BESIDE = 12
/** So many are set at once on a side: what one frame has time for. */
const STEP = 4
/** More than a window shows, before anything has been measured. */
const FIRST = 8

/** How high each exchange is, as far as it has stood there; the others are taken to be as high as the first ones were. */
export function makeHeights() {
  const known = new Map<number, number>()
  let usualPx = 240
  const of = (index: number): number => known.get(index) ?? usualPx
  return {
    of,
    learn(measured: readonly (readonly [index: number, px: number])[]): void {
      if (known.size === 0 && measured.length > 0)
        usualPx = measured.reduce((sum, [, px]) => sum + px, 0) / measured.length
      for (const [index, px] of measured) known.set(index, px)
    },
    /** In a window of another width everything is of another height. */
    forget: () => known.clear(),
    sum({ from, to }: Span): number {
      let px = 0
      for (let index = from; index < to; index++) px += of(index)
      return px
    },
    /** What lies at so many pixels from the beginning. */
    at(px: number): number {
      let index = 0
      for (let below = of(0); below <= px; below += of(index)) index += 1
      return index
    },
  }
}
export type Heights = ReturnType<typeof makeHeights>

export const newest = (count: number): Span => ({ from: Math.max(0, count - FIRST), to: count })

/** As much as is needed to show one. */
export const around = (index: number, count: number): Span => ({
  from: Math.max(0, index - 2),
  to: Math.min(count, index + FIRST),
})

/** The window and those that are held beside it, in their order: one that somebody is busy with is let go of by no scrolling. */
export function standing(span: Span, held: readonly number[], count: number): Span[] {
  const beside = held.filter(index => index < count && !isIn(span, index))
  return [span, ...beside.map(index => ({ from: index, to: index + 1 }))].sort((a, b) => a.from - b.from)
}

export const isIn = ({ from, to }: Span, index: number): boolean => from <= index && index < to

export const covers = (span: Span, seen: Span): boolean => span.from <= seen.from && seen.to <= span.to

const overlaps = (span: Span, seen: Span): boolean => seen.from < span.to && span.from < seen.to

/** Nothing comes, and so little is to go that it may wait: whatever goes moves the rest, and whoever scrolls waits for that. */
const mayWait = (span: Span, next: Span): boolean =>
  covers(span, next) && next.from - span.from + span.to - next.to <= STEP

/** The next step from what stands there to what should: what is seen at once, the rest a few at a time. */
export function toward(span: Span, seen: Span, count: number): Span {
  if (!overlaps(span, seen)) return seen
  const next = {
    from: Math.max(0, seen.from - BESIDE, Math.min(span.from - STEP, seen.from)),
    to: Math.min(count, seen.to + BESIDE, Math.max(span.to + STEP, seen.to)),
  }
  return mayWait(span, next) ? span : next
}
