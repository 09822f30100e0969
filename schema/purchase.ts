/** Purchases that are paid by an authorization: what its nonce commits to, and its form on the wire. */
import { encodeAbiParameters, keccak256, toBytes } from 'viem'
import { z } from 'zod'
import { address, bytes32, type Hex, hexData, seconds } from './hex.ts'
import { MINT_TYPE, PURCHASE_TYPE } from './order.ts'

const [WORD, COUNT, ADDRESS] = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'address' }] as const
const MINT_FIELDS = [WORD, COUNT, COUNT, ADDRESS, WORD] as const
const PURCHASE_FIELDS = [WORD, WORD, COUNT, ADDRESS, WORD] as const

/** The EIP-3009 nonce that ties an authorization to this primary purchase: the ledger computes the same. */
export const mintNonce = (workId: string, quantity: number, recipient: Hex, salt: Hex): Hex => {
  const type = keccak256(toBytes(MINT_TYPE))
  return keccak256(
    encodeAbiParameters(MINT_FIELDS, [type, BigInt(workId), BigInt(quantity), recipient, salt]),
  )
}

/** The same for the purchase of a listing. */
export const purchaseNonce = (listingDigest: Hex, quantity: number, recipient: Hex, salt: Hex): Hex => {
  const type = keccak256(toBytes(PURCHASE_TYPE))
  return keccak256(
    encodeAbiParameters(PURCHASE_FIELDS, [type, listingDigest, BigInt(quantity), recipient, salt]),
  )
}

/** Who pays, until when, and the signature; payee, sum and nonce follow from what is bought. */
export const authorization = z
  .object({
    from: address,
    salt: bytes32,
    validAfterSeconds: seconds,
    validBeforeSeconds: seconds,
    signature: hexData,
  })
  .strict()
export type Authorization = z.infer<typeof authorization>

/** As the ledger takes it. */
export const authorizationToChain = (value: Authorization) => ({
  from: value.from,
  validAfter: BigInt(value.validAfterSeconds),
  validBefore: BigInt(value.validBeforeSeconds),
  signature: value.signature,
})
