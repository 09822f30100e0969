/** What a deed has come to, and the way out of it. */
import type { ReactNode } from 'react'

export function Done({ children, close }: { children: ReactNode; close: () => void }) {
  return (
    <>
      <p>{children}</p>
      <button type="button" className="button mt-5" onClick={close}>
        Good
      </button>
    </>
  )
}
