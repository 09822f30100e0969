/** The node's signed account of one answer: what was asked, delivered, counted and charged. */
import { z } from 'zod'
import { atomicText } from './amounts.ts'
import { address, bytes32, hashToBytes32, hexData, seconds, sha256Name, workIdText } from './hex.ts'
import { nodeDomain } from './quote.ts'

export const receipt = z.object({
  chainId: z.number().int().positive(),
  works: address,
  workId: workIdText,
  version: z.number().int().min(1),
  operator: address,
  holder: address,
  channelId: bytes32,
  baseModelSha256: sha256Name,
  requestHash: bytes32,
  outputHash: bytes32,
  inputBytes: z.number().int().min(0),
  outputBytes: z.number().int().min(0),
  inputTokens: z.number().int().min(0),
  outputTokens: z.number().int().min(0),
  /** What this turn cost. */
  chargedAtomic: atomicText,
  /** What the channel has been charged in all, this turn included. */
  cumulativeAtomic: atomicText,
  servedAtSeconds: seconds,
})
export type Receipt = z.infer<typeof receipt>

export const signedReceipt = z.object({ receipt, signature: hexData })
export type SignedReceipt = z.infer<typeof signedReceipt>

export const RECEIPT_TYPES = {
  Receipt: [
    { name: 'workId', type: 'uint256' },
    { name: 'version', type: 'uint32' },
    { name: 'operator', type: 'address' },
    { name: 'holder', type: 'address' },
    { name: 'channelId', type: 'bytes32' },
    { name: 'baseModelSha256', type: 'bytes32' },
    { name: 'requestHash', type: 'bytes32' },
    { name: 'outputHash', type: 'bytes32' },
    { name: 'inputBytes', type: 'uint64' },
    { name: 'outputBytes', type: 'uint64' },
    { name: 'inputTokens', type: 'uint64' },
    { name: 'outputTokens', type: 'uint64' },
    { name: 'chargedAtomic', type: 'uint256' },
    { name: 'cumulativeAtomic', type: 'uint256' },
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
      requestHash: value.requestHash,
      outputHash: value.outputHash,
      inputBytes: BigInt(value.inputBytes),
      outputBytes: BigInt(value.outputBytes),
      inputTokens: BigInt(value.inputTokens),
      outputTokens: BigInt(value.outputTokens),
      chargedAtomic: BigInt(value.chargedAtomic),
      cumulativeAtomic: BigInt(value.cumulativeAtomic),
      servedAtSeconds: BigInt(value.servedAtSeconds),
    },
  }) as const

/** The last JSON chunk of a stream (and a field of a whole answer) carries this beside OpenAI's own fields. */
export const turnTail = z.object({
  receipt,
  signature: hexData,
  /** What x402 would have sent as the PAYMENT-RESPONSE header, base64. */
  paymentResponse: z.string(),
  timings: z.object({
    firstTokenMs: z.number(),
    totalMs: z.number(),
    tokensPerSecond: z.number(),
  }),
})
export type TurnTail = z.infer<typeof turnTail>
