/** The threshold arithmetic of a key node: BLS12-381 in the convention that Lit's client combines and verifies. */
import { bls12_381 as bls } from '@noble/curves/bls12-381'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils'

const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'
const { Fr } = bls.fields
const { G1, G2 } = bls

export const randomScalar = (): bigint => G1.normPrivateKeyToScalar(bls.utils.randomPrivateKey())

/** Compressed G1, 96 hex digits. */
export const publicKeyOf = (scalar: bigint): string => G1.ProjectivePoint.BASE.multiply(scalar).toHex(true)

/** The value at `index` of the polynomial with these coefficients, constant term first. */
export const evaluate = (coefficients: bigint[], index: number): bigint =>
  coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, BigInt(index)), coefficient), 0n)

/** One byte of index and a compressed G2 point, as hex: what Lit calls ProofOfPossession. */
export function shareOfKey(secret: bigint, index: number, identity: string): string {
  const hashed = G2.hashToCurve(utf8ToBytes(identity), { DST })
  const point = G2.ProjectivePoint.fromAffine(hashed.toAffine()).multiply(secret)
  return bytesToHex(Uint8Array.of(index)) + bytesToHex(point.toRawBytes(true))
}

export const isScalar = (value: bigint): boolean => Fr.isValid(value) && value !== 0n
