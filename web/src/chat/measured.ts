/** Measures what stands in a list whenever its size changes, and keeps what is read in its place where the browser does not. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { type Heights, makeHeights } from './standing.ts'

/** Called for each element that stands there; the answer is called when it goes. */
export type Watch = (item: Element, index: number) => () => void

/** Most browsers hold what is read where it is, whatever becomes of what is above it. */
const keepsPlace = (): boolean => CSS.supports('overflow-anchor', 'auto')

/** In a window of another width everything is of another height. */
function useWidth(items: Map<Element, number>, heights: Heights): void {
  useEffect(() => {
    let width = window.innerWidth
    const anew = () => {
      if (width === window.innerWidth) return
      width = window.innerWidth
      heights.forget()
      heights.learn([...items].map(([item, index]) => [index, item.getBoundingClientRect().height] as const))
    }
    window.addEventListener('resize', anew)
    return () => window.removeEventListener('resize', anew)
  }, [items, heights])
}

export function useMeasured(list: RefObject<HTMLElement | null>) {
  const [heights] = useState(makeHeights)
  const [items] = useState(() => new Map<Element, number>())
  const observer = useRef<ResizeObserver | null>(null)
  const measure = useCallback(
    (entries: readonly ResizeObserverEntry[]) => {
      const measured = entries.flatMap(({ target, borderBoxSize: [box] }) => {
        const index = items.get(target)
        return index === undefined || !box ? [] : [[index, box.blockSize] as const]
      })
      const first = heights.at(-(list.current?.getBoundingClientRect().top ?? 0))
      const grownPx = measured
        .filter(([index]) => index < first)
        .reduce((sum, [index, px]) => sum + px - heights.of(index), 0)
      heights.learn(measured)
      if (grownPx !== 0 && !keepsPlace()) window.scrollBy(0, grownPx)
    },
    [items, heights, list],
  )
  const watch: Watch = useCallback(
    (item, index) => {
      observer.current ??= new ResizeObserver(measure)
      observer.current.observe(item)
      items.set(item, index)
      return () => {
        observer.current?.unobserve(item)
        items.delete(item)
      }
    },
    [items, measure],
  )
  useWidth(items, heights)
  return { items, heights, watch }
}
