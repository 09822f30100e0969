/** A node's free, signed word on whether it can serve a version, at which price and on which terms. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, bytes32, count, hexData, seconds } from './hex.ts'
import { aboutVersion, inNumbers, nodeDomain } from './node-word.ts'
import { prices } from './price.ts'

/** Who brings the chain's coin for each kind of transaction. A quote that says otherwise is none of ours. */
export const gas = z.object({
  deposit: z.literal('operator'),
  claim: z.literal('operator'),
  refund: z.literal('operator'),
  /** Leaving without the node: the payer's own transactions. */
  exit: z.literal('payer'),
})
export const GAS: z.infer<typeof gas> = {
  deposit: 'operator',
  claim: 'operator',
  refund: 'operator',
  exit: 'payer',
}

/** What each side can lose to the other, in turns: neither advances more than one. */
export const atRisk = z.object({ payerTurns: z.literal(1), operatorTurns: z.literal(1) })
export const AT_RISK: z.infer<typeof atRisk> = { payerTurns: 1, operatorTurns: 1 }

export const quote = z.object({
  ...aboutVersion,
  operator: address,
  sessionKey: bytes32,
  /** The splitter of (work, operator). The client computes it itself and refuses another. */
  payTo: address,
  asset: address,
  prices,
  minDepositAtomic: atomicText,
  /** How long the payer waits for the rest when the node does not cooperate. */
  withdrawDelaySeconds: z.number().int().min(900),
  /** Leaving with the node's help returns the whole rest at once, one refund to a payer in this time. */
  refundEverySeconds: count,
  gas,
  atRisk,
  /** What turns may cost together while the deposit that pays for them can still be undone by the chain. */
  creditUntilFinalAtomic: atomicText,
  /** How many blocks on top of a deposit's make it final for this node. */
  finalAfterBlocks: count,
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
  Gas: [
    { name: 'deposit', type: 'string' },
    { name: 'claim', type: 'string' },
    { name: 'refund', type: 'string' },
    { name: 'exit', type: 'string' },
  ],
  AtRisk: [
    { name: 'payerTurns', type: 'uint32' },
    { name: 'operatorTurns', type: 'uint32' },
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
    { name: 'refundEverySeconds', type: 'uint40' },
    { name: 'gas', type: 'Gas' },
    { name: 'atRisk', type: 'AtRisk' },
    { name: 'creditUntilFinalAtomic', type: 'uint256' },
    { name: 'finalAfterBlocks', type: 'uint32' },
    { name: 'warm', type: 'bool' },
    { name: 'contextTokens', type: 'uint32' },
    { name: 'expiresAtSeconds', type: 'uint64' },
  ],
} as const

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
      prices: inNumbers(value.prices),
      minDepositAtomic: BigInt(value.minDepositAtomic),
      withdrawDelaySeconds: value.withdrawDelaySeconds,
      refundEverySeconds: value.refundEverySeconds,
      gas: value.gas,
      atRisk: value.atRisk,
      creditUntilFinalAtomic: BigInt(value.creditUntilFinalAtomic),
      finalAfterBlocks: value.finalAfterBlocks,
      warm: value.warm,
      contextTokens: value.contextTokens,
      expiresAtSeconds: BigInt(value.expiresAtSeconds),
    },
  }) as const
