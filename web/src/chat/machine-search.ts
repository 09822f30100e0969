/** Which operator's machine a chat is with, when its reader chose one: it stands in the address. */
import type { Hex } from '@grimoire/schema/hex'

export type MachineSearch = { operator?: Hex }

/** An address is a stranger's text: anything but an account is left out. */
export function readMachine(raw: Record<string, unknown>): MachineSearch {
  const { operator } = raw
  if (typeof operator !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(operator)) return {}
  return { operator: operator as Hex } // Safety: the pattern just held.
}
