/** Files damaged by seeded chance, mostly where a reader has to believe them: their header. */
import { type Chance, chance } from '../../guard/trial/chance.ts'

const EXTREMES = [0n, 1n, 0x7fn, 0xffn, 0xffffn, 0x7fff_ffffn, 0xffff_ffffn, 2n ** 63n, 2n ** 64n - 1n]

type Damage = (bytes: Buffer, headerBytes: number, dice: Chance) => Buffer

const DAMAGES: Damage[] = [
  (bytes, _, { below }) => {
    const at = below(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
    return bytes
  },
  (bytes, header, { below }) => {
    bytes[below(header)] = below(256)
    return bytes
  },
  (bytes, header, { below, pick }) => {
    const size = pick([4, 8])
    const at = below(header - size)
    const value = pick(EXTREMES)
    if (size === 8) bytes.writeBigUInt64LE(value, at)
    else bytes.writeUInt32LE(Number(BigInt.asUintN(32, value)), at)
    return bytes
  },
  (bytes, _, { below }) => bytes.subarray(0, below(bytes.length)),
  (bytes, header, { below }) => {
    const [from, to, length] = [below(header), below(header), 1 + below(64)]
    bytes.copy(bytes, to, from, from + length)
    return bytes
  },
  (bytes, header, { below }) => {
    const [at, length] = [below(header), 1 + below(32)]
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
  },
  (bytes, header, { below }) => {
    const at = below(header)
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + below(32), below(256)), bytes.subarray(at)])
  },
  // The weights themselves: whatever the bits, they are numbers, endless ones and none among them.
  (bytes, header, { below }) => {
    for (let count = 0; count < 64; count++) bytes[header + below(bytes.length - header)] = 0xff
    return bytes
  },
]

/** `count` damaged copies, each by one to three strokes, the same for the same seed. */
export function* mutated(
  original: Uint8Array,
  headerBytes: number,
  count: number,
  seed: number,
): Generator<Uint8Array> {
  const dice = chance(seed)
  for (let made = 0; made < count; made++) {
    let bytes = Buffer.from(original)
    for (let stroke = 0; stroke <= dice.below(3); stroke++) {
      const header = Math.min(headerBytes, bytes.length)
      if (header > 16 && bytes.length > header) bytes = Buffer.from(dice.pick(DAMAGES)(bytes, header, dice))
    }
    yield bytes
  }
}
