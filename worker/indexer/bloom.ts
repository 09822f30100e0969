/** The filter in every block's header that says which addresses and topics its logs may have: it cannot hide one. */
import { type Hex, hexToBytes, keccak256 } from 'viem'

const BITS = 2_048
/** Fuller than this it says "perhaps" of nearly everything, and asking further would cost more than it shows. */
const TELLING_BITS = BITS / 2

const has = (bloom: Uint8Array, bit: number) => ((bloom[255 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1

/** Yellow paper, section 4.3.1: three times 11 bits of the hash. */
function mayHold(bloom: Uint8Array, item: Hex): boolean {
  const hash = hexToBytes(keccak256(item))
  return [0, 2, 4].every(at => has(bloom, (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & (BITS - 1)))
}

export type Verdict = 'none' | 'perhaps' | 'unsaid'

/** Whether the block has logs of these addresses: certainly none, perhaps, or the filter does not say. */
export function bloomSays(bloom: Hex | null, addresses: readonly Hex[]): Verdict {
  if (bloom === null) return 'unsaid'
  const bytes = hexToBytes(bloom)
  if (!addresses.some(address => mayHold(bytes, address))) return 'none'
  const set = bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0)
  return set > TELLING_BITS ? 'unsaid' : 'perhaps'
}
