/** While this device has no line: what is under way is safe, and goes on when it is back. */
import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

const isOnline = (): boolean => navigator.onLine

export function Offline() {
  const online = useSyncExternalStore(subscribe, isOnline)
  return (
    <p role="status" className={online ? 'unseen' : 'mt-4 basis-full border-l-3 border-edge py-1 pl-4'}>
      {online
        ? ''
        : 'This device is offline. What was signed or sent is kept here, and goes on when the line is back.'}
    </p>
  )
}
