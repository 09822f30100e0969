/** The window on a long conversation: it moves with what is read, a little in each frame, and what is read stays in its place. */
import {
  startTransition,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { heldOf } from './held.ts'
import { useMeasured } from './measured.ts'
import { around, covers, isIn, newest, type Span, standing, toward } from './standing.ts'

/** On paper stands everything. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const begin = () => flushSync(() => setPrinting(true))
    const end = () => setPrinting(false)
    window.addEventListener('beforeprint', begin)
    window.addEventListener('afterprint', end)
    return () => {
      window.removeEventListener('beforeprint', begin)
      window.removeEventListener('afterprint', end)
    }
  }, [])
  return printing
}

/** Looks after every change and once in each frame in which something was scrolled or selected. */
function useLooking(look: () => void): void {
  useEffect(() => {
    let asked: number | null = null
    const soon = () => {
      asked ??= requestAnimationFrame(() => {
        asked = null
        look()
      })
    }
    soon()
    window.addEventListener('scroll', soon, { passive: true })
    window.addEventListener('resize', soon)
    document.addEventListener('selectionchange', soon)
    return () => {
      if (asked !== null) cancelAnimationFrame(asked)
      window.removeEventListener('scroll', soon)
      window.removeEventListener('resize', soon)
      document.removeEventListener('selectionchange', soon)
    }
  }, [look])
}

/** Counted from both ends: what is said next stands there at once when what was said last did. */
type Place = { from: number; behind: number; held: readonly number[] }

const NONE: readonly number[] = []

const spanOf = ({ from, behind }: Place, count: number): Span => {
  const to = Math.max(0, count - behind)
  return { from: Math.min(from, to), to }
}

/** Takes whoever reads to an exchange, wherever it is, and with it whoever reads by ear or keyboard. */
function useGoing(
  items: ReadonlyMap<Element, number>,
  bring: (index: number) => void,
  wanted: { index: number } | null,
) {
  const [sought, setSought] = useState<{ index: number } | null>(null)
  useLayoutEffect(() => {
    const [item] = [...items].find(([, index]) => index === sought?.index) ?? []
    if (!(item instanceof HTMLElement)) return
    item.scrollIntoView({ block: 'start' })
    item.focus({ preventScroll: true })
  }, [items, sought])
  const goTo = (index: number) => {
    bring(index)
    setSought({ index })
  }
  const follow = useEffectEvent(goTo)
  useEffect(() => {
    if (wanted) follow(wanted.index)
  }, [wanted])
  return goTo
}

export function useStanding(count: number, sought: { index: number } | null) {
  const list = useRef<HTMLOListElement>(null)
  const { items, heights, watch } = useMeasured(list)
  const [place, setPlace] = useState<Place>(() => ({ from: newest(count).from, behind: 0, held: NONE }))
  const { from, to } = spanOf(place, count)
  const { held } = place
  const printing = usePrinting()
  const beside = useCallback(
    (span: Span) => (list.current ? heldOf(list.current, items).filter(index => !isIn(span, index)) : NONE),
    [items],
  )
  const moveTo = useCallback(
    (next: Span, busy: readonly number[]) =>
      setPlace({ from: next.from, behind: count - next.to, held: busy }),
    [count],
  )
  const look = useCallback(() => {
    if (!list.current || printing) return
    const { top } = list.current.getBoundingClientRect()
    const seen = {
      from: Math.max(0, Math.min(heights.at(-top), count - 1)),
      to: Math.min(heights.at(window.innerHeight - top) + 1, count),
    }
    const next = toward({ from, to }, seen, count)
    const busy = beside(next)
    if (next.from === from && next.to === to && busy.join() === held.join()) return
    // What is seen already is not held up by what comes beside it.
    if (covers({ from, to }, seen)) startTransition(() => moveTo(next, busy))
    else moveTo(next, busy)
  }, [heights, from, to, held, count, printing, beside, moveTo])
  useLooking(look)
  const bring = (index: number) => {
    const next = toward({ from, to }, around(index, count), count)
    moveTo(next, beside(next))
  }
  const goTo = useGoing(items, bring, sought)
  const span = printing ? { from: 0, to: count } : { from, to }
  return { list, span, runs: standing(span, held, count), heights, watch, goTo }
}
