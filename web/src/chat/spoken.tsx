/** The answer for those who hear it: whole sentences as they are finished, apart from the text that flickers by. */
import { useEffect, useRef, useState } from 'react'
import { plain } from '../words/plain.ts'

/** Up to the end of the last sentence that is finished. */
const finished = (text: string): number => {
  const ends = [...text.matchAll(/[.!?…:]["'”’)]?(\s|$)|\n/g)]
  const last = ends.at(-1)
  return last ? last.index + last[0].length : 0
}

export function Spoken({ live, waiting }: { live: string | null; waiting: string }) {
  const [said, setSaid] = useState('')
  const place = useRef(0)
  const text = useRef('')
  useEffect(() => {
    if (live === null) {
      // The rest, which may end without a full stop.
      const rest = text.current.slice(place.current)
      if (rest.trim()) setSaid(rest)
      place.current = 0
      text.current = ''
      return
    }
    text.current = live
    const until = finished(live)
    if (until <= place.current) return
    setSaid(live.slice(place.current, until))
    place.current = until
  }, [live])
  return (
    <p role="status" className="unseen">
      {waiting || plain(said)}
    </p>
  )
}
