/** The newest words stay in sight while whoever reads is at the end; who has scrolled up is left there until they ask. */
import { type RefObject, useEffect, useRef } from 'react'

/** As near to the end as this counts as being there. */
const NEAR_PX = 160

const toEnd = (end: HTMLElement | null) => end?.scrollIntoView({ block: 'end' })

/** Whether the end was in sight when something was scrolled last. */
function useAtEnd(end: RefObject<HTMLElement | null>): RefObject<boolean> {
  const at = useRef(true)
  useEffect(() => {
    const look = () => {
      const bottom = end.current?.getBoundingClientRect().bottom ?? 0
      at.current = bottom > 0 && bottom < window.innerHeight + NEAR_PX
    }
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [end])
  return at
}

const TOUCHES = ['pointerdown', 'keydown', 'wheel'] as const

/** Until somebody touches the page, what comes late, like a typeface, moves nobody away from the end. */
function useSettling(end: RefObject<HTMLElement | null>, at: RefObject<boolean>): void {
  useEffect(() => {
    const column = end.current?.parentElement
    if (!column) return
    const watch = new ResizeObserver(() => at.current && toEnd(end.current))
    const settle = () => watch.disconnect()
    watch.observe(column)
    for (const touch of TOUCHES) window.addEventListener(touch, settle, { once: true, passive: true })
    return () => {
      settle()
      for (const touch of TOUCHES) window.removeEventListener(touch, settle)
    }
  }, [end, at])
}

/** The end of what is followed. */
export function useFollow(change: unknown, answering: boolean): RefObject<HTMLDivElement | null> {
  const end = useRef<HTMLDivElement>(null)
  const at = useAtEnd(end)
  useSettling(end, at)
  useEffect(() => {
    if (answering) at.current = true
  }, [answering, at])
  const shown = useRef<unknown>(null)
  useEffect(() => {
    if (shown.current === change) return
    shown.current = change
    if (at.current) toEnd(end.current)
  }, [change, at])
  return end
}
