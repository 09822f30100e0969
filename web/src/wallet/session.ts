/** Who is here, as far as the page has to know before any wallet code is loaded. Kept on this device; no key is in it. */
import type { Hex } from '@grimoire/schema/hex'
import { useSyncExternalStore } from 'react'
import { isAddress } from '../words/address.ts'

/** `play` is the devnet's burner, `browser` a wallet that announced itself; `id` is the role, or the wallet. */
export type Session = { kind: 'play' | 'browser'; id: string; name: string; address: Hex }

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 200

const KEY = 'grimoire.session'
const listeners = new Set<() => void>()

function restore(): Session | null {
  try {
    const { kind, id, name, address } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    const whole = (kind === 'play' || kind === 'browser') && isText(id) && isText(name) && isAddress(address)
    return whole ? { kind, id, name, address } : null
  } catch {
    return null
  }
}

let current = restore()

export const currentSession = (): Session | null => current

export function setSession(next: Session | null): void {
  current = next
  if (next) localStorage.setItem(KEY, JSON.stringify(next))
  else localStorage.removeItem(KEY)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useSession = (): Session | null => useSyncExternalStore(subscribe, currentSession)
