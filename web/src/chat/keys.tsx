/** What the keyboard does here, shown when one presses `?`. */
import { useEffect, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'

const KEYS = [
  ['Enter', 'sends what you wrote'],
  ['Shift and Enter', 'begins a new line'],
  ['Esc', 'stops the answer, and keeps what came'],
  ['↑', 'in an empty field: asks the last question another way'],
  ['?', 'outside of a field: shows this'],
] as const

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')

export function Keys() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const show = (event: KeyboardEvent) => {
      if (event.key === '?' && !isWriting(event.target)) setOpen(true)
    }
    window.addEventListener('keydown', show)
    return () => window.removeEventListener('keydown', show)
  }, [])
  return (
    <>
      <button type="button" className="button quiet -ml-2" onClick={() => setOpen(true)}>
        Keyboard
      </button>
      {open && (
        <Dialog title="Keyboard" close={() => setOpen(false)}>
          <dl className="grid grid-cols-[9rem_1fr] gap-x-4 gap-y-2">
            {KEYS.map(([key, does]) => (
              <div key={key} className="contents">
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </>
  )
}
