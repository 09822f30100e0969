/** A node's free, signed word on whether it can serve a version, at which price and on which terms. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, bytes32, type Hex, hexData, seconds, workIdText } from './hex.ts'
import { prices } from './price.ts'

export const quote = z.object({
  chainId: z.number().int().positive(),
  works: address,
  workId: workIdText,
  version: z.number().int().min(1),
  operator: address,
  sessionKey: bytes32,
  /** The splitter of (work, operator). The client computes it itself and refuses another. */
  payTo: address,
  asset: address,
  prices,
  minDepositAtomic: atomicText,
  /** How long the payer waits for the rest when the node does not cooperate. */
  withdrawDelaySeconds: z.number().int().min(900),
  warm: z.boolean(),
  contextTokens: z.number().int().positive(),
  expiresAtSeconds: seconds,
})
export type Quote = z.infer<typeof quote>

export const signedQuote = z.object({ quote, signature: hexData })
export type SignedQuote = z.infer<typeof signedQuote>

export const QUOTE_TYPES = {
  Prices: [
    { name: 'turnFeeAtomic', type: 'uint256' },
    { name: 'inputPerMillionBytesAtomic', type: 'uint256' },
    { name: 'outputPerMillionBytesAtomic', type: 'uint256' },
  ],
  Quote: [
    { name: 'workId', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'operator', type: 'address' },
    { name: 'sessionKey', type: 'bytes32' },
    { name: 'payTo', type: 'address' },
    { name: 'asset', type: 'address' },
    { name: 'prices', type: 'Prices' },
    { name: 'minDepositAtomic', type: 'uint256' },
    { name: 'withdrawDelaySeconds', type: 'uint40' },
    { name: 'warm', type: 'bool' },
    { name: 'contextTokens', type: 'uint32' },
    { name: 'expiresAtSeconds', type: 'uint64' },
  ],
} as const

/** Quotes and receipts are signed by the operator's payment key in one domain, bound to one chain and one ledger. */
export const nodeDomain = (chainId: number, works: Hex) =>
  ({ name: 'Grimoire Node', version: '1', chainId, verifyingContract: works }) as const

export const quoteTypedData = (value: Quote) =>
  ({
    domain: nodeDomain(value.chainId, value.works),
    types: QUOTE_TYPES,
    primaryType: 'Quote',
    message: {
      workId: BigInt(value.workId),
      version: value.version,
      operator: value.operator,
      sessionKey: value.sessionKey,
      payTo: value.payTo,
      asset: value.asset,
      prices: {
        turnFeeAtomic: BigInt(value.prices.turnFeeAtomic),
        inputPerMillionBytesAtomic: BigInt(value.prices.inputPerMillionBytesAtomic),
        outputPerMillionBytesAtomic: BigInt(value.prices.outputPerMillionBytesAtomic),
      },
      minDepositAtomic: BigInt(value.minDepositAtomic),
      withdrawDelaySeconds: value.withdrawDelaySeconds,
      warm: value.warm,
      contextTokens: value.contextTokens,
      expiresAtSeconds: BigInt(value.expiresAtSeconds),
    },
  }) as const
