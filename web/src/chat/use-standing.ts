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
import { useMeasured } from './measured.ts'
import { around, covers, newest, type Span, toward } from './standing.ts'

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

/** Looks after every change and once in each frame in which something was scrolled. */
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
    return () => {
      if (asked !== null) cancelAnimationFrame(asked)
      window.removeEventListener('scroll', soon)
      window.removeEventListener('resize', soon)
    }
  }, [look])
}

/** Counted from both ends: what is said next stands there at once when what was said last did. */
type Place = { from: number; behind: number }

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
  const [place, setPlace] = useState<Place>(() => ({ from: newest(count).from, behind: 0 }))
  const { from, to } = spanOf(place, count)
  const printing = usePrinting()
  const moveTo = useCallback((next: Span) => setPlace({ from: next.from, behind: count - next.to }), [count])
  const look = useCallback(() => {
    if (!list.current || printing) return
    const { top } = list.current.getBoundingClientRect()
    const seen = {
      from: Math.max(0, Math.min(heights.at(-top), count - 1)),
      to: Math.min(heights.at(window.innerHeight - top) + 1, count),
    }
    const next = toward({ from, to }, seen, count)
    if (next.from === from && next.to === to) return
    // What is seen already is not held up by what comes beside it.
    if (covers({ from, to }, seen)) startTransition(() => moveTo(next))
    else moveTo(next)
  }, [heights, from, to, count, printing, moveTo])
  useLooking(look)
  const bring = (index: number) => moveTo(toward({ from, to }, around(index, count), count))
  const goTo = useGoing(items, bring, sought)
  return { list, span: printing ? { from: 0, to: count } : { from, to }, heights, watch, goTo }
}
