/** The code of an account that answers every question with an address to ask instead (EIP-3668). */
import { encodeErrorResult, type Hex, numberToHex, parseAbi, size } from 'viem'

const lookup = parseAbi([
  'error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData)',
])

/** Reverts with its own tail, copied to memory. */
export function namesAddress(sender: Hex, url: string): Hex {
  const data = encodeErrorResult({ abi: lookup, args: [sender, [url], '0x', '0x00000000', '0x'] })
  return `0x61${numberToHex(size(data), { size: 2 }).slice(2)}80600c5f395ffd5f5f${data.slice(2)}`
}
