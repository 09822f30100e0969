/** The node's signed account of one answer: what was asked, delivered, counted and charged, and what came before it. */
import { hashTypedData } from 'viem'
import { z } from 'zod'
import { atomicText, splitUsage } from './amounts.ts'
import { address, bytes32, count, type Hex, hashToBytes32, hexData, seconds, sha256Name } from './hex.ts'
import { aboutVersion, engineBuild, inNumbers, nodeDomain } from './node-word.ts'

/** What each gets of one charge by the work's terms. The ledger divides sums, not turns, so its own rounding is finer. */
export const split = z.object({
  creatorAtomic: atomicText,
  /** All parents together. */
  parentsAtomic: atomicText,
  operatorAtomic: atomicText,
  protocolAtomic: atomicText,
})
export type Split = z.infer<typeof split>

/** The shares by which the ledger divides what reached the splitter of a work. */
export const sharing = z.object({
  usageRoyaltyBps: z.number().int().min(0).max(10_000),
  protocolFeeBps: z.number().int().min(0).max(10_000),
  parentsBps: z.array(z.number().int().min(0).max(10_000)),
})
export type Sharing = z.infer<typeof sharing>

export function splitOf(chargedAtomic: bigint, shares: Sharing): Split {
  const parts = splitUsage(chargedAtomic, shares)
  return {
    creatorAtomic: String(parts.creatorAtomic),
    parentsAtomic: String(parts.parentsTotalAtomic),
    operatorAtomic: String(parts.operatorAtomic),
    protocolAtomic: String(parts.protocolAtomic),
  }
}

/** What the first receipt of a channel follows. */
export const NO_RECEIPT: Hex = `0x${'00'.repeat(32)}`

export const receipt = z.object({
  ...aboutVersion,
  operator: address,
  holder: address,
  channelId: bytes32,
  baseModelSha256: sha256Name,
  engineBuild,
  requestHash: bytes32,
  outputHash: bytes32,
  inputBytes: count,
  outputBytes: count,
  inputTokens: count,
  outputTokens: count,
  /** What this turn cost. */
  chargedAtomic: atomicText,
  /** What the channel has been charged in all, this turn included. */
  cumulativeAtomic: atomicText,
  split,
  /** The how many-th receipt of its channel this is, from 1. */
  sequence: z.number().int().min(1),
  /** The hash of the channel's receipt before this one; zero for the first. */
  previousHash: bytes32,
  servedAtSeconds: seconds,
})
export type Receipt = z.infer<typeof receipt>

export const signedReceipt = z.object({ receipt, signature: hexData })
export type SignedReceipt = z.infer<typeof signedReceipt>

export const RECEIPT_TYPES = {
  Split: [
    { name: 'creatorAtomic', type: 'uint256' },
    { name: 'parentsAtomic', type: 'uint256' },
    { name: 'operatorAtomic', type: 'uint256' },
    { name: 'protocolAtomic', type: 'uint256' },
  ],
  Receipt: [
    { name: 'workId', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'operator', type: 'address' },
    { name: 'holder', type: 'address' },
    { name: 'channelId', type: 'bytes32' },
    { name: 'baseModelSha256', type: 'bytes32' },
    { name: 'engineBuild', type: 'string' },
    { name: 'requestHash', type: 'bytes32' },
    { name: 'outputHash', type: 'bytes32' },
    { name: 'inputBytes', type: 'uint64' },
    { name: 'outputBytes', type: 'uint64' },
    { name: 'inputTokens', type: 'uint64' },
    { name: 'outputTokens', type: 'uint64' },
    { name: 'chargedAtomic', type: 'uint256' },
    { name: 'cumulativeAtomic', type: 'uint256' },
    { name: 'split', type: 'Split' },
    { name: 'sequence', type: 'uint64' },
    { name: 'previousHash', type: 'bytes32' },
    { name: 'servedAtSeconds', type: 'uint64' },
  ],
} as const

export const receiptTypedData = (value: Receipt) =>
  ({
    domain: nodeDomain(value.chainId, value.works),
    types: RECEIPT_TYPES,
    primaryType: 'Receipt',
    message: {
      workId: BigInt(value.workId),
      version: value.version,
      operator: value.operator,
      holder: value.holder,
      channelId: value.channelId,
      baseModelSha256: hashToBytes32(value.baseModelSha256),
      engineBuild: value.engineBuild,
      requestHash: value.requestHash,
      outputHash: value.outputHash,
      inputBytes: BigInt(value.inputBytes),
      outputBytes: BigInt(value.outputBytes),
      inputTokens: BigInt(value.inputTokens),
      outputTokens: BigInt(value.outputTokens),
      chargedAtomic: BigInt(value.chargedAtomic),
      cumulativeAtomic: BigInt(value.cumulativeAtomic),
      split: inNumbers(value.split),
      sequence: BigInt(value.sequence),
      previousHash: value.previousHash,
      servedAtSeconds: BigInt(value.servedAtSeconds),
    },
  }) as const

/** What is signed of a receipt, and what the next one of its channel names. */
export const receiptHash = (value: Receipt): Hex => hashTypedData(receiptTypedData(value))

/** llama-server's names, so that whatever reads its timings reads these. */
export const timings = z.object({
  prompt_n: z.number(),
  prompt_ms: z.number(),
  prompt_per_token_ms: z.number(),
  prompt_per_second: z.number(),
  predicted_n: z.number(),
  predicted_ms: z.number(),
  predicted_per_token_ms: z.number(),
  predicted_per_second: z.number(),
})
export type Timings = z.infer<typeof timings>

/** The last JSON chunk of a stream (and a field of a whole answer) carries this beside OpenAI's own fields. */
export const turnTail = z.object({
  receipt,
  signature: hexData,
  /** What x402 would have sent as the PAYMENT-RESPONSE header, base64. */
  paymentResponse: z.string(),
  timings,
})
export type TurnTail = z.infer<typeof turnTail>
