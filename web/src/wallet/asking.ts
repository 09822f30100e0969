/** Asking who is here: every part of the page may ask, one dialog answers. */
import { useSyncExternalStore } from 'react'
import { currentSession, type Session } from './session.ts'

type Answer = (session: Session | null) => void

let waiting: Answer[] | null = null
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

/** Answers with the wallet that is chosen, or null when the dialog is closed without a choice. */
export function askForWallet(): Promise<Session | null> {
  return new Promise(resolve => {
    waiting = [...(waiting ?? []), resolve]
    tell()
  })
}

/** The wallet that is here already; only a page without one is asked. */
export const requireSession = async (): Promise<Session | null> => currentSession() ?? askForWallet()

export function answerAsking(session: Session | null): void {
  const answers = waiting ?? []
  waiting = null
  tell()
  for (const answer of answers) answer(session)
}

export const useAsking = (): boolean =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => waiting !== null,
  )
