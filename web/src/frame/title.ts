/** The name of the page in the tab and for a screen reader. */
import { useEffect } from 'react'
import { plain } from '../words/plain.ts'

export function useTitle(title?: string): void {
  useEffect(() => {
    document.title = title ? `${plain(title)} · Grimoire` : 'Grimoire'
  }, [title])
}
