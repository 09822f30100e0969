/** A sum as somebody types it. */
import { parseMoney } from '@grimoire/schema/amounts'

/** In atomic units, or null while it is none. */
export function typedSum(text: string): bigint | null {
  try {
    return parseMoney(text)
  } catch {
    return null
  }
}
