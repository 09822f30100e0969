/** A text to take along: a button that copies it, and says whether the browser let it. */
import { useState } from 'react'

/** `what` is said to those who do not see what the button stands beside. */
export function Copy(props: { text: string; label?: string; what?: string; className?: string }) {
  const { text, label = 'Copy', what, className = 'button' } = props
  const [done, setDone] = useState<'' | 'Copied' | 'The browser does not let this page copy'>('')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setDone('Copied'),
      () => setDone('The browser does not let this page copy'),
    )
  return (
    <>
      <button type="button" className={className} onClick={() => void copy()}>
        {label}
        {what && <span className="unseen"> {what}</span>}
      </button>
      <span role="status" className="whisper pl-3 empty:pl-0">
        {done}
      </span>
    </>
  )
}
