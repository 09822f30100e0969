/** Which addresses are the public internet's: everything that a standard keeps for something else is not. */

const V4_KEPT: readonly [string, number][] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carriers' own, and some clouds' metadata
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local: the clouds' metadata
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast and reserved
]

/** Of 2000::/3, where all public addresses are: what does not lead to a host, or leads to one inside another address. */
const V6_KEPT: readonly [string, number][] = [
  ['2001::', 23], // Teredo and other protocols
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
]

function v4Bits(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some(part => part > 255)) return null
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

/** The URL parser writes every form of an IPv6 address as groups of hex digits. */
function v6Bits(text: string): bigint | null {
  if (!text.includes(':') || !URL.canParse(`http://[${text}]`)) return null
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

const within = (bits: bigint, length: bigint, base: bigint, prefix: number) =>
  bits >> (length - BigInt(prefix)) === base >> (length - BigInt(prefix))

/** Of an address as a resolver writes it. What is no address is not public. */
export function isPublicAddress(text: string): boolean {
  const v4 = v4Bits(text)
  if (v4 !== null) return !V4_KEPT.some(([base, prefix]) => within(v4, 32n, v4Bits(base) ?? 0n, prefix))
  const v6 = v6Bits(text)
  if (v6 === null || v6 >> 125n !== 1n) return false
  return !V6_KEPT.some(([base, prefix]) => within(v6, 128n, v6Bits(base) ?? 0n, prefix))
}
