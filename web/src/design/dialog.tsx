/** A dialog of the platform: it holds the focus, Esc closes it, and the page behind it is still. */
import { type ReactNode, useEffect, useId, useRef } from 'react'

export function Dialog(props: { title: string; close: () => void; children: ReactNode }) {
  const { title, close, children } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    if (!element?.open) element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault()
        close()
      }}
    >
      <div className="mb-4 flex items-start justify-between gap-4">
        <h2 id={id} className="text-3xl">
          {title}
        </h2>
        <button type="button" className="button quiet -mt-1 -mr-2" onClick={close}>
          Close
        </button>
      </div>
      {children}
    </dialog>
  )
}
