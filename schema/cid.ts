/**
 * Names on IPFS: CIDv1 over sha2-256, of raw blocks and of the nodes that hold a file together, in base32. The few bytes of them
 * stand here, because their library would be a thirtieth of the edge; tests hold them against it.
 */
const SHA2_256 = [0x12, 0x20]
const CODECS = { raw: 0x55, node: 0x70 } as const
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const TEXT = /^b[a-z2-7]{58}$/
const CID_BYTES = 36

/** `raw`: bytes of a file; `node`: what links them. Both by the sha256 of the block. */
export type Cid = { kind: keyof typeof CODECS; sha256: string }

export const hexOfBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

export const bytesOfHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))

export const cidBytes = ({ kind, sha256 }: Cid): Uint8Array =>
  Uint8Array.from([1, CODECS[kind], ...SHA2_256, ...bytesOfHex(sha256)])

/** Null: another version, codec or hash than are used here. */
export function cidOfBytes(bytes: Uint8Array): Cid | null {
  const [version, codec, hash, length] = bytes
  const kind = codec === CODECS.raw ? 'raw' : codec === CODECS.node ? 'node' : null
  const ours = version === 1 && hash === SHA2_256[0] && length === SHA2_256[1] && bytes.length === CID_BYTES
  return ours && kind ? { kind, sha256: hexOfBytes(bytes.subarray(4)) } : null
}

export function cidText(cid: Cid): string {
  const bits = Array.from(cidBytes(cid), byte => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g) ?? []
  return `b${letters.map(five => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`
}

/** Null: no name of ours. One text of each name is taken, the one that everybody writes. */
export function readCid(text: string): Cid | null {
  if (!TEXT.test(text)) return null
  const bits = Array.from(text.slice(1), letter => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join(
    '',
  )
  const bytes = bits.match(/.{8}/g) ?? []
  const cid = cidOfBytes(Uint8Array.from(bytes, byte => Number.parseInt(byte, 2)))
  return cid && cidText(cid) === text ? cid : null
}
