/** One draft being edited: every change is kept on this device shortly after it was made, and at the latest when one leaves. */
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useKeeping } from '../device/use-keeping.ts'
import type { Draft } from './draft.ts'
import { DRAFTS, keepDraft } from './kept-drafts.ts'

export type Editing = {
  draft: Draft
  /** Parts to be replaced, or a function that makes them of the draft as it is by then. */
  change: (part: Partial<Draft> | ((now: Draft) => Partial<Draft>)) => void
  /** Keeps it at once, and throws where it cannot: some steps must not be taken with what is not kept. */
  keep: () => Promise<void>
  kept: 'kept' | 'keeping' | 'failed'
}

export function useDraft(begun: Draft): Editing {
  const [draft, setDraft] = useState(begun)
  const [kept, setKept] = useState<Editing['kept']>('kept')
  const latest = useRef(begun)
  const queries = useQueryClient()
  const keeping = useKeeping(async () => {
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
  })
  const change: Editing['change'] = part => {
    const made = typeof part === 'function' ? part(latest.current) : part
    latest.current = { ...latest.current, ...made, editedAtMs: Date.now() }
    setDraft(latest.current)
    setKept('keeping')
    keeping.soon()
  }
  return { draft, change, keep: keeping.now, kept }
}
