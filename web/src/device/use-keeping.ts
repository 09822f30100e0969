/** Keeping what somebody writes: shortly after the last change, and at the latest when one leaves. */
import { useEffect, useRef } from 'react'

const QUIET_MS = 400

/** Also where the page is only hidden: a phone may end it without another word. */
function useLeaving(run: () => void): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    const leave = () => latest.current()
    document.addEventListener('visibilitychange', leave)
    window.addEventListener('pagehide', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])
}

/** `soon` after each change; `now` where a step must not be taken with what is not kept: it throws where that fails. */
export function useKeeping(keep: () => Promise<void>): { soon: () => void; now: () => Promise<void> } {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const stop = () => {
    if (timer.current) clearTimeout(timer.current)
    timer.current = null
  }
  const now = async () => {
    stop()
    await keep()
  }
  // Nothing waits for these: whoever keeps says that it failed.
  const aside = () => void now().catch(() => undefined)
  const soon = () => {
    stop()
    timer.current = setTimeout(aside, QUIET_MS)
  }
  useLeaving(() => {
    if (timer.current) aside()
  })
  return { soon, now }
}
