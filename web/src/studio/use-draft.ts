/** One draft being edited: every change is kept on this device shortly after it was made, and at the latest when one leaves. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Draft } from './draft.ts'
import { DRAFTS, keepDraft } from './kept-drafts.ts'

const QUIET_MS = 400

export type Editing = {
  draft: Draft
  /** Parts to be replaced, or a function that makes them of the draft as it is by then. */
  change: (part: Partial<Draft> | ((now: Draft) => Partial<Draft>)) => void
  /** Keeps it at once, and throws where it cannot: some steps must not be taken with what is not kept. */
  keep: () => Promise<void>
  kept: 'kept' | 'keeping' | 'failed'
}

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

export function useDraft(begun: Draft): Editing {
  const [draft, setDraft] = useState(begun)
  const [kept, setKept] = useState<Editing['kept']>('kept')
  const latest = useRef(begun)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const queries = useQueryClient()
  const keep = async (): Promise<void> => {
    if (timer.current) clearTimeout(timer.current)
    timer.current = null
    const written = latest.current
    try {
      await keepDraft(written)
      if (latest.current === written) setKept('kept')
      await queries.invalidateQueries({ queryKey: DRAFTS })
    } catch (cause) {
      // A full disk, or a browser that keeps nothing: the page says so, and the text stays in it.
      setKept('failed')
      throw cause
    }
  }
  // Nothing waits for these: that it failed is in the state, which the page shows.
  const keepAside = () => void keep().catch(() => undefined)
  const change: Editing['change'] = part => {
    const made = typeof part === 'function' ? part(latest.current) : part
    latest.current = { ...latest.current, ...made, editedAtMs: Date.now() }
    setDraft(latest.current)
    setKept('keeping')
    if (timer.current) clearTimeout(timer.current)
    timer.current = setTimeout(keepAside, QUIET_MS)
  }
  useLeaving(() => {
    if (timer.current) keepAside()
  })
  return { draft, change, keep, kept }
}
