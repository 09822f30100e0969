/** Which operator's machine a chat is with, when its reader chose one: it stands in the address. */
import type { Hex } from '@grimoire/schema/hex'
import { isAddress } from '../words/address.ts'

export type MachineSearch = { operator?: Hex }

/** An address is a stranger's text: anything but an account is left out. */
export function readMachine(raw: Record<string, unknown>): MachineSearch {
  const { operator } = raw
  return isAddress(operator) ? { operator } : {}
}
