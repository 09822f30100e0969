/** What payers sign for the money token: the EIP-712 types of its permits and of its EIP-3009 authorizations. */
import type { Hex } from './hex.ts'

export type MoneyDomain = { name: string; version: string; chainId: number; verifyingContract: Hex }

const RECEIVE_TYPES = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

export const PERMIT_TYPES = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

/** From when and until when an authorization may be used, in seconds; neither end counts. */
export type Validity = { validAfter: bigint; validBefore: bigint }

/** What a payer signs to let exactly `to` take exactly this sum for exactly the purpose that the nonce names. */
export const authorizationTypedData = (
  domain: MoneyDomain,
  message: Validity & { from: Hex; to: Hex; value: bigint; nonce: Hex },
) => ({ domain, types: RECEIVE_TYPES, primaryType: 'ReceiveWithAuthorization', message }) as const
